// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/chunk_list.h"

enum {
    FIRST_S = 10, /* segments of 2, 2 and 6 s */
    SECOND_S = 24,
    CHUNK_S = 60,
    SHORTEST_LAST_S = 20, /* a shorter rest goes with the chunk before it */
    HEAD_SEGMENT_S = 2,
};

static int64_t slots_of(const struct frame_grid *grid, int64_t seconds)
{
    return frame_grid_nearest_slot(grid, seconds * 1000000);
}

/* How long the chunk should be that starts at that time. */
static int64_t wanted_slots(const struct frame_grid *grid, size_t number)
{
    return slots_of(grid, number == 0 ? FIRST_S : number == 1 ? SECOND_S : CHUNK_S);
}

size_t chunk_list_make(const struct frame_grid *grid, int64_t n_slots,
                       struct chunk chunks[CHUNK_LIST_MAX])
{
    size_t n = 0;
    int64_t first = 0;

    while (first < n_slots) {
        int64_t length = wanted_slots(grid, n);
        const int64_t shortest_rest =
            n == 0 ? slots_of(grid, HEAD_SEGMENT_S) : slots_of(grid, SHORTEST_LAST_S);
        if (n_slots - first - length < shortest_rest || n + 1 == CHUNK_LIST_MAX)
            length = n_slots - first;
        chunks[n++] = (struct chunk){.first_slot = first, .n_slots = length};
        first += length;
    }
    return n;
}
