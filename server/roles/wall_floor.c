// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/wall_floor.h"

static int64_t lower(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t wall_floor_note(struct wall_floor *floor, int64_t wall_ms, int64_t monotonic_ms)
{
    if (!floor->has_begun) {
        *floor =
            (struct wall_floor){.has_begun = true, .since_ms = monotonic_ms, .current_ms = wall_ms};
    } else if (monotonic_ms - floor->since_ms >= WALL_FLOOR_MS) {
        floor->last_ms = lower(floor->current_ms, wall_ms);
        floor->has_last = true;
        floor->since_ms = monotonic_ms;
        floor->current_ms = wall_ms;
    }
    floor->current_ms = lower(floor->current_ms, wall_ms);
    return floor->has_last ? lower(floor->last_ms, floor->current_ms) : INT64_MIN;
}
