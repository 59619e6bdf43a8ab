// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/chunk_list.h"

#include <criterion/criterion.h>
#include <inttypes.h>

static struct chunk chunks[CHUNK_LIST_MAX];

/* Of each chunk, rounded down. */
static void assert_seconds(int64_t seconds, size_t n_expected, const int64_t *expected)
{
    const struct frame_grid grid = frame_grid_of(25, 1);
    const size_t n = chunk_list_make(&grid, 25 * seconds, chunks);

    cr_assert_eq(n, n_expected, "%" PRId64 " s: %zu chunks", seconds, n);
    for (size_t i = 0; i < n; i++)
        cr_assert_eq(chunks[i].n_slots / 25, expected[i], "chunk %zu of %" PRId64 " s", i, seconds);
}

Test(chunk_list, the_first_chunks_are_short_then_a_minute_and_the_last_ones_short_again)
{
    assert_seconds(474, 12, (int64_t[]){10, 24, 60, 60, 60, 60, 50, 37, 28, 24, 24, 36});
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

Test(chunk_list, two_cores_share_the_rest_of_a_short_lecture)
{
    assert_seconds(9, 1, (int64_t[]){9});
    assert_seconds(30, 2, (int64_t[]){10, 20});
    assert_seconds(49, 2, (int64_t[]){10, 39});
    assert_seconds(50, 3, (int64_t[]){10, 20, 20});
    assert_seconds(55, 3, (int64_t[]){10, 24, 21});
    assert_seconds(146, 6, (int64_t[]){10, 24, 28, 24, 24, 36});
}

Test(chunk_list, twelve_hours_fit)
{
    const struct frame_grid grid = frame_grid_of(30, 1);
    const size_t n = chunk_list_make(&grid, 30 * 12 * 3600, chunks);

    cr_assert_lt(n, CHUNK_LIST_MAX);
}
