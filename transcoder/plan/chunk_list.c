// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/chunk_list.h"

enum {
    FIRST_S = 12,
    SECOND_S = 24,
    CHUNK_S = 60,
    SHORTEST_LAST_S = 20, /* a shorter rest goes with the chunk before it */
    HEAD_SEGMENTS = 2,
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

/* Cuts [first, end) into the fewest equal parts of at most the target duration. */
static size_t cut_evenly(const struct frame_grid *grid, int64_t first, int64_t end,
                         int64_t *segments, size_t room)
{
    const int64_t length = end - first;
    const int64_t longest = slots_of(grid, SEGMENT_TARGET_S);
    int64_t n = (length + longest - 1) / longest;

    if (n > (int64_t)room)
        n = (int64_t)room;
    for (int64_t i = 0; i < n; i++)
        segments[i] = first + length * i / n;
    return (size_t)n;
}

size_t chunk_segments(const struct frame_grid *grid, const struct chunk *chunk,
                      int64_t segments[CHUNK_MAX_SEGMENTS])
{
    const int64_t end = chunk->first_slot + chunk->n_slots;
    const int64_t head = slots_of(grid, HEAD_SEGMENT_S);
    int64_t first = chunk->first_slot;
    size_t n = 0;

    while (first < head * HEAD_SEGMENTS && first + 2 * head <= end) {
        segments[n++] = first;
        first += head;
    }
    return n + cut_evenly(grid, first, end, segments + n, CHUNK_MAX_SEGMENTS - n);
}
