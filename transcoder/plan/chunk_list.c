// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/chunk_list.h"

enum {
    FIRST_S = 10, /* segments of 2, 2 and 6 s */
    SECOND_S = 24,
    LONGEST_S = 60,
    SHORTEST_S = 20, /* each chunk is decoded from a key frame before it on */
    SHARES = 4,      /* of what is left: two tasks on each of two cores */
    HEAD_SEGMENT_S = 2,
};

static int64_t slots_of(const struct frame_grid *grid, int64_t seconds)
{
    return frame_grid_nearest_slot(grid, seconds * 1000000);
}

/* How long the chunk should be after which or with which `rest` slots end the lecture. */
static int64_t wanted_slots(const struct frame_grid *grid, size_t number, int64_t rest)
{
    const int64_t longest = slots_of(grid, LONGEST_S);
    const int64_t second = slots_of(grid, SECOND_S);

    if (number < 2)
        return number == 0 ? slots_of(grid, FIRST_S) : second;
    if (rest / SHARES >= longest)
        return longest;
    return rest / SHARES > second ? rest / SHARES : second;
}

/* The same, but nothing is left that is too short. */
static int64_t fitting_slots(const struct frame_grid *grid, size_t number, int64_t rest)
{
    const int64_t wanted = wanted_slots(grid, number, rest);
    const int64_t shortest = slots_of(grid, number == 0 ? HEAD_SEGMENT_S : SHORTEST_S);

    if (rest - wanted >= shortest)
        return wanted;
    return number > 0 && rest >= 2 * shortest ? rest - shortest : rest;
}

size_t chunk_list_make(const struct frame_grid *grid, int64_t n_slots,
                       struct chunk chunks[CHUNK_LIST_MAX])
{
    size_t n = 0;
    int64_t first = 0;

    while (first < n_slots) {
        const int64_t rest = n_slots - first;
        const int64_t length = n + 1 == CHUNK_LIST_MAX ? rest : fitting_slots(grid, n, rest);
        chunks[n++] = (struct chunk){.first_slot = first, .n_slots = length};
        first += length;
    }
    return n;
}
