// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/loop/deadline.h"

void deadline_wheel_init(struct deadline_wheel *wheel, int64_t now_ms)
{
    for (size_t i = 0; i < DEADLINE_SLOTS; i++)
        list_init(&wheel->slots[i]);
    wheel->tick = now_ms / DEADLINE_TICK_MS;
    wheel->n = 0;
}

/* A time beyond the wheel's reach waits in the last slot and is moved on from there. */
static void insert(struct deadline_wheel *wheel, struct deadline *d)
{
    int64_t tick = d->at_ms / DEADLINE_TICK_MS + 1;

    if (tick < wheel->tick)
        tick = wheel->tick;
    if (tick >= wheel->tick + DEADLINE_SLOTS)
        tick = wheel->tick + DEADLINE_SLOTS - 1;
    d->tick = tick;
    list_append(&wheel->slots[tick % DEADLINE_SLOTS], &d->node);
    wheel->n++;
}

static void take_off(struct deadline_wheel *wheel, struct deadline *d)
{
    list_remove(&d->node);
    wheel->n--;
}

void deadline_set(struct deadline_wheel *wheel, struct deadline *d, int64_t at_ms)
{
    d->at_ms = at_ms;
    if (list_is_linked(&d->node)) {
        if (at_ms == 0 || d->tick <= at_ms / DEADLINE_TICK_MS + 1)
            return;
        take_off(wheel, d);
    }
    if (at_ms > 0)
        insert(wheel, d);
}

void deadline_clear(struct deadline_wheel *wheel, struct deadline *d)
{
    d->at_ms = 0;
    if (list_is_linked(&d->node))
        take_off(wheel, d);
}

struct deadline *deadline_next_due(struct deadline_wheel *wheel, int64_t now_ms)
{
    const int64_t now_tick = now_ms / DEADLINE_TICK_MS;

    for (; wheel->tick <= now_tick && wheel->n > 0; wheel->tick++) {
        struct list_node *slot = &wheel->slots[wheel->tick % DEADLINE_SLOTS];
        while (!list_is_empty(slot)) {
            struct deadline *d = (struct deadline *)slot->next; /* node is the first member */
            take_off(wheel, d);
            if (d->at_ms > 0 && d->at_ms <= now_ms)
                return d;
            if (d->at_ms > 0)
                insert(wheel, d);
        }
    }
    if (wheel->n == 0 && wheel->tick <= now_tick)
        wheel->tick = now_tick + 1;
    return NULL;
}
