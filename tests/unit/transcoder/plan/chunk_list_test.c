// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/chunk_list.h"

#include <criterion/criterion.h>

static struct chunk chunks[CHUNK_LIST_MAX];

Test(chunk_list, the_first_chunks_are_short_and_the_rest_about_a_minute)
{
    const struct frame_grid grid = frame_grid_of(25, 1);
    const size_t n = chunk_list_make(&grid, 25 * 300, chunks);

    cr_assert_eq(n, 7);
    cr_assert_eq(chunks[0].n_slots, 10 * 25);
    cr_assert_eq(chunks[1].n_slots, 24 * 25);
    cr_assert_eq(chunks[2].n_slots, 60 * 25);
    cr_assert_eq(chunks[6].n_slots, 26 * 25, "a rest of 26 s stands alone");
}

Test(chunk_list, chunks_cover_every_length_without_holes)
{
    static const uint32_t RATES[][2] = {{25, 1}, {30000, 1001}, {5, 1}, {24000, 1001}, {6, 1}};

    for (size_t r = 0; r < 5; r++) {
        const struct frame_grid grid = frame_grid_of(RATES[r][0], RATES[r][1]);
        for (int64_t n_slots = 1; n_slots < 9000; n_slots += n_slots < 400 ? 1 : 37) {
            const size_t n = chunk_list_make(&grid, n_slots, chunks);
            int64_t at = 0;
            for (size_t i = 0; i < n; i++) {
                cr_assert_eq(chunks[i].first_slot, at);
                cr_assert_gt(chunks[i].n_slots, 0);
                at += chunks[i].n_slots;
            }
            cr_assert_eq(at, n_slots);
        }
    }
}

Test(chunk_list, twelve_hours_fit)
{
    const struct frame_grid grid = frame_grid_of(30, 1);
    const size_t n = chunk_list_make(&grid, 30 * 12 * 3600, chunks);

    cr_assert_lt(n, CHUNK_LIST_MAX);
}
