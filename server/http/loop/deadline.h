// SPDX-License-Identifier: GPL-3.0-or-later
/* deadline.h - one deadline per connection for tens of thousands of connections: a timer wheel.
 * Pure (now is an argument); one thread.
 *
 * Setting a later deadline only stores a number, which is what a busy connection does all the time;
 * the wheel notices at the old time and moves the entry on. */
#ifndef SERVER_HTTP_LOOP_DEADLINE_H
#define SERVER_HTTP_LOOP_DEADLINE_H

#include <stddef.h>
#include <stdint.h>

#include "server/http/loop/list.h"

enum { DEADLINE_TICK_MS = 250, DEADLINE_SLOTS = 512 };

struct deadline {
    struct list_node node; /* in a slot, or unlinked */
    int64_t at_ms;         /* when it is due; 0 for never */
    int64_t tick;          /* the slot's tick, while linked */
};

struct deadline_wheel {
    struct list_node slots[DEADLINE_SLOTS];
    int64_t tick; /* the next tick to look at */
    size_t n;     /* linked entries */
};

void deadline_wheel_init(struct deadline_wheel *wheel, int64_t now_ms);

/* (Re)sets the deadline; at_ms 0 means never. */
void deadline_set(struct deadline_wheel *wheel, struct deadline *d, int64_t at_ms);

/* Takes the deadline off the wheel; must precede the end of its memory. */
void deadline_clear(struct deadline_wheel *wheel, struct deadline *d);

/* The next deadline that is due, taken off the wheel, or NULL: call until then. A deadline is seen
 * at most two ticks late and never early. */
struct deadline *deadline_next_due(struct deadline_wheel *wheel, int64_t now_ms);

#endif
