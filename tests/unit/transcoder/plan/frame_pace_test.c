// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/frame_pace.h"

#include "tests/unit/support/dice.h"
#include <criterion/criterion.h>

Test(frame_pace, gaps_are_200_ms_at_most_and_80_ms_more_than_a_step)
{
    static const struct {
        uint32_t num, den, step, longest;
    } CASES[] = {
        {25, 1, 1, 3}, {25, 1, 2, 4},       {25, 1, 3, 5}, {25, 1, 5, 5}, {30, 1, 1, 3},
        {30, 1, 6, 6}, {30000, 1001, 1, 3}, {24, 1, 1, 2}, {10, 1, 1, 1}, {10, 1, 2, 2},
        {5, 1, 1, 1},  {37, 6, 1, 1},       {25, 2, 1, 2},
    };

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        const struct frame_grid grid = frame_grid_of(CASES[i].num, CASES[i].den);
        cr_assert_eq(frame_pace_longest(&grid, CASES[i].step), CASES[i].longest, "%u/%u, %u: %u",
                     CASES[i].num, CASES[i].den, CASES[i].step,
                     frame_pace_longest(&grid, CASES[i].step));
    }
}

Test(frame_pace, motion_has_a_frame_every_step)
{
    struct frame_pace pace = frame_pace_start(2, 5);

    for (int64_t slot = 0; slot < 100; slot++)
        cr_assert_eq(frame_pace_at(&pace, slot, true, slot == 0), slot == 0 || slot % 2 == 1);
}

Test(frame_pace, a_still_picture_is_repeated_before_the_gap_gets_too_long)
{
    struct frame_pace pace = frame_pace_start(3, 5);

    for (int64_t slot = 0; slot < 100; slot++)
        cr_assert_eq(frame_pace_at(&pace, slot, slot == 0, slot == 0), slot % 5 == 0);
}

Test(frame_pace, gaps_grow_to_twice_the_greatest_before_in_each_segment)
{
    static const int64_t FRAMES[] = {0, 1, 2, 4, 7, 10, 12, 13, 15, 18, 21};
    struct frame_pace pace = frame_pace_start(1, 3);
    size_t n = 0;

    for (int64_t slot = 0; slot < 22; slot++) {
        const bool is_new = slot < 3 || slot == 13;
        if (frame_pace_at(&pace, slot, is_new, slot == 0 || slot == 12))
            cr_assert_eq(slot, FRAMES[n++], "%lld", (long long)slot);
    }
    cr_assert_eq(n, sizeof FRAMES / sizeof FRAMES[0]);
}

Test(frame_pace, a_slide_that_changes_after_a_rest_is_shown_at_once)
{
    struct frame_pace pace = frame_pace_start(5, 5);

    for (int64_t slot = 0; slot < 11; slot++)
        (void)frame_pace_at(&pace, slot, slot == 0, slot == 0);
    cr_assert(frame_pace_at(&pace, 11, true, false), "one slot behind a repetition");
    cr_assert(!frame_pace_at(&pace, 12, true, false));
    cr_assert(frame_pace_at(&pace, 16, false, false), "the change at 12");
}

Test(frame_pace, segments_start_with_a_frame)
{
    struct frame_pace pace = frame_pace_start(5, 5);

    (void)frame_pace_at(&pace, 0, true, true);
    cr_assert(frame_pace_at(&pace, 1, false, true));
    cr_assert(frame_pace_at(&pace, 6, false, false));
}

Test(frame_pace, no_gap_is_too_long_and_nothing_that_lasts_is_missed)
{
    for (int round = 0; round < 500; round++) {
        const uint32_t longest = 1 + (uint32_t)dice(8);
        struct frame_pace pace = frame_pace_start(1 + (uint32_t)dice((int)longest), longest);
        int64_t last = 0;
        int64_t unseen_since = -1;
        for (int64_t slot = 0; slot < 300; slot++) {
            const bool is_new = dice(3) == 0;
            unseen_since = is_new && unseen_since < 0 ? slot : unseen_since;
            if (frame_pace_at(&pace, slot, is_new || slot == 0, slot == 0)) {
                last = slot;
                unseen_since = -1;
            }
            cr_assert_leq(slot - last, longest);
            cr_assert(unseen_since < 0 || slot - unseen_since < longest);
        }
    }
}
