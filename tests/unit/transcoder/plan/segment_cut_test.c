// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/segment_cut.h"

#include "tests/unit/support/dice.h"
#include <criterion/criterion.h>

enum { MAX_SLOTS = 4000, MAX_CUTS = 64 };

static uint8_t kinds[MAX_SLOTS];
static int64_t cuts[MAX_CUTS];

static void set_up(void)
{
    memset(kinds, SLOT_STILL, sizeof kinds);
}

TestSuite(segment_cut, .init = set_up);

/* Cuts a chunk of `kinds` with that look ahead and returns how many segments there are. */
static size_t cut_all(const struct frame_grid *grid, struct chunk chunk, int64_t look_ahead)
{
    struct segment_cut cut = segment_cut_start(grid, &chunk);
    size_t n = 0;

    for (int64_t i = 0; i < chunk.n_slots; i++) {
        const int64_t rest = chunk.n_slots - i;
        if (segment_cut_at(&cut, chunk.first_slot + i, kinds + i,
                           rest < look_ahead ? rest : look_ahead))
            cuts[n++] = i;
    }
    return n;
}

static size_t cut_at_25(int64_t first_slot, int64_t n_slots)
{
    const struct frame_grid grid = frame_grid_of(25, 1);

    return cut_all(&grid, (struct chunk){first_slot, n_slots}, segment_cut_wants(&grid));
}

Test(segment_cut, the_lecture_starts_with_two_segments_of_2_s)
{
    memset(kinds, SLOT_MOVING, sizeof kinds);
    cr_assert_eq(cut_at_25(0, 250), 3);
    cr_assert_eq(cuts[1], 50);
    cr_assert_eq(cuts[2], 100);
}

Test(segment_cut, motion_is_cut_every_6_s)
{
    memset(kinds, SLOT_MOVING, sizeof kinds);
    cr_assert_eq(cut_at_25(850, 1500), 10);
    for (int i = 0; i < 10; i++)
        cr_assert_eq(cuts[i], i * 150);
}

Test(segment_cut, still_runs_are_cut_every_10_s)
{
    cr_assert_eq(cut_at_25(850, 1500), 6);
    for (int i = 0; i < 6; i++)
        cr_assert_eq(cuts[i], i * 250);
}

Test(segment_cut, a_segment_ends_with_a_new_slide_within_2_s_of_its_end)
{
    memset(kinds, SLOT_MOVING, sizeof kinds);
    kinds[110] = SLOT_NEW;
    kinds[110 + 195] = SLOT_NEW;
    cut_at_25(850, 1500);
    cr_assert_eq(cuts[1], 110, "4.4 s");
    cr_assert_eq(cuts[2], 305, "7.8 s");
    cr_assert_eq(cuts[3], 455);
}

Test(segment_cut, a_new_slide_ends_a_still_run_and_motion_does_after_6_s)
{
    kinds[220] = SLOT_NEW;
    kinds[220 + 60] = SLOT_NEW;
    for (int i = 420; i < 1500; i++)
        kinds[i] = SLOT_MOVING;
    cut_at_25(850, 1500);
    cr_assert_eq(cuts[1], 220, "8.8 s");
    cr_assert_eq(cuts[2], 420, "2.4 s behind a cut is too early for one; 8 s of stillness end");
}

Test(segment_cut, whatever_happens_segments_are_2_to_10_s_and_cover_the_chunk)
{
    static const uint32_t RATES[][2] = {{25, 1}, {30000, 1001}, {5, 1}, {24000, 1001}, {12, 1}};

    for (int round = 0; round < 3000; round++) {
        const uint32_t *rate = RATES[round % 5];
        const struct frame_grid grid = frame_grid_of(rate[0], rate[1]);
        const int64_t second = grid.rate_num / grid.rate_den;
        const struct chunk chunk = {round % 3 ? 850 : 0, 1 + dice((int)(80 * second))};
        const int moving = dice(100);
        for (int i = 0; i < MAX_SLOTS; i++) {
            kinds[i] = dice(100) < moving ? SLOT_MOVING : SLOT_STILL;
            if (dice((int)(4 * second)) == 0)
                kinds[i] = SLOT_NEW;
        }
        const size_t n = cut_all(&grid, chunk, round % 2 ? segment_cut_wants(&grid) : 1);
        cr_assert_geq(n, 1);
        cr_assert_eq(cuts[0], 0);
        for (size_t i = 0; i < n; i++) {
            const int64_t end = i + 1 < n ? cuts[i + 1] : chunk.n_slots;
            const int64_t us = frame_grid_slot_us(&grid, end - cuts[i]);
            cr_assert_leq(us, 10000000, "round %d: %ld us", round, (long)us);
            cr_assert(us >= 1900000 || n == 1, "round %d: %ld us", round, (long)us);
        }
    }
}
