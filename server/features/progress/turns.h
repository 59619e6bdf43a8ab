// SPDX-License-Identifier: GPL-3.0-or-later
/* turns.h - one at a time for each key: what one person asks for does not hold up the others,
 * however many connections that person has. Belongs to one loop; everything runs there.
 *
 *            turns_enter            begin(turn)           turns_leave
 *     ─────────────────▶ waiting ────────────────▶ at it ─────────────▶ gone
 *                           │       at once when nobody of
 *                           │       the same key is ahead, else at a tick
 *                           └─ refuse(turn) after TURN_WAIT_MS
 *
 * A key rests from its turn's end to the next tick: who asks in a circle has a part of the loop. */
#ifndef SERVER_FEATURES_PROGRESS_TURNS_H
#define SERVER_FEATURES_PROGRESS_TURNS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/cleanup.h"

struct http_loop;
struct turn_key; /* turns.c */
struct turns;    /* opaque */

enum {
    TURN_TICK_MS = 25,
    TURN_WAIT_MS = 2000,
    TURNS_WAITING_MAX = 32, /* of one key */
};

/* The caller's, from turns_enter until turns_leave or refuse. */
struct turn {
    void (*begin)(struct turn *turn);  /* once; turns_leave ends it, in this call or later */
    void (*refuse)(struct turn *turn); /* instead: it waited for too long */
    struct turn_key *key;              /* of turns.c, as what follows */
    struct turn *next;
    int64_t entered_ms;
};

/* loop may be NULL: then only turns_tick ticks. Returns 0 or ERR_NO_MEMORY. */
int turns_new(struct http_loop *loop, struct turns **ret_turns);

/* Refuses who waits. Whoever was at it has left. NULL is allowed. */
void turns_free(struct turns *turns);
DEFINE_CLEANUP(turns_free, struct turns *)

/* Whether turns_enter would refuse: for those who ask before they read a body. key: an id. */
bool turns_is_full(const struct turns *turns, const char *key);

/* Begins at once, or lets it wait. Returns 0, or, and then the turn is not kept: ERR_TOO_LARGE when
 * TURNS_WAITING_MAX wait for the key, ERR_NO_MEMORY. */
int turns_enter(struct turns *turns, const char *key, struct turn *turn, int64_t now_ms);

void turns_leave(struct turn *turn);

/* Begins the next of each key whose turn is over, and refuses who waited for too long. */
void turns_tick(struct turns *turns, int64_t now_ms);

#endif
