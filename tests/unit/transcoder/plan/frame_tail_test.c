// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/frame_tail.h"

#include "tests/unit/support/dice.h"
#include "transcoder/plan/frame_pace.h"
#include <criterion/criterion.h>

enum { NOWHERE = -1 };

/* Where the segment's end puts what is held; NOWHERE: it is left out. */
static int64_t cut(struct frame_tail *tail, int64_t slot)
{
    int64_t shown = NOWHERE;

    return frame_tail_cut(tail, slot, &shown) ? shown : NOWHERE;
}

static int64_t next(struct frame_tail *tail, int64_t slot)
{
    int64_t shown = NOWHERE;

    return frame_tail_next(tail, slot, &shown) ? shown : NOWHERE;
}

Test(frame_tail, a_frame_is_let_go_when_it_has_lasted_a_step)
{
    struct frame_tail tail = frame_tail_start(3, 5);

    cr_assert_eq(cut(&tail, 0), NOWHERE);
    frame_tail_hold(&tail, 4);
    cr_assert_eq(next(&tail, 5), NOWHERE);
    cr_assert_eq(next(&tail, 6), NOWHERE);
    cr_assert_eq(next(&tail, 7), 4);
    cr_assert_eq(next(&tail, 8), NOWHERE);
}

Test(frame_tail, one_that_the_segment_would_cut_short_is_left_out)
{
    struct frame_tail tail = frame_tail_start(3, 5);

    (void)cut(&tail, 0);
    frame_tail_hold(&tail, 3);
    cr_assert_eq(cut(&tail, 5), NOWHERE);
}

Test(frame_tail, or_shown_a_step_before_the_end_where_the_gap_would_be_too_long)
{
    struct frame_tail tail = frame_tail_start(3, 5);

    (void)cut(&tail, 0);
    frame_tail_hold(&tail, 5);
    frame_tail_hold(&tail, 6);
    cr_assert_eq(cut(&tail, 7), 4);
    cr_assert_eq(next(&tail, 12), NOWHERE, "nothing is held any more");
}

struct run {
    struct frame_pace pace;
    struct frame_tail tail;
    int64_t step, longest;
    int64_t last;     /* slot of the last frame that came out */
    int64_t greatest; /* distance in its segment */
};

static void comes_out(struct run *r, int64_t slot, bool is_cut)
{
    cr_assert_gt(slot, r->last);
    cr_assert_leq(slot - r->last, r->longest, "slots %lld to %lld", (long long)r->last,
                  (long long)slot);
    cr_assert(is_cut || slot - r->last <= 2 * r->greatest, "slots %lld to %lld", (long long)r->last,
              (long long)slot);
    r->greatest = is_cut ? r->step : slot - r->last > r->greatest ? slot - r->last : r->greatest;
    r->last = slot;
}

static void go_on(struct run *r, int64_t slot, bool is_new, bool is_cut)
{
    const bool is_due = frame_pace_at(&r->pace, slot, is_new, is_cut);
    int64_t shown = 0;

    if (frame_tail_next(&r->tail, slot, &shown))
        comes_out(r, shown, false);
    if (is_cut) {
        if (frame_tail_cut(&r->tail, slot, &shown))
            comes_out(r, shown, false);
        cr_assert(slot == 0 || slot - r->last >= r->step, "cut at %lld, last frame at %lld",
                  (long long)slot, (long long)r->last);
        if (slot > 0)
            comes_out(r, slot, true);
        return;
    }
    if (is_due)
        frame_tail_hold(&r->tail, slot);
}

Test(frame_tail, motion_loses_no_frame_where_a_segment_ends)
{
    struct frame_tail tail = frame_tail_start(1, 3);
    int64_t n_out = 0;

    for (int64_t slot = 0; slot < 100; slot++) {
        n_out += next(&tail, slot) != NOWHERE;
        if (slot % 25 == 0)
            cr_assert_eq(cut(&tail, slot), NOWHERE);
        else
            frame_tail_hold(&tail, slot);
    }
    cr_assert_eq(n_out, 95, "all but the key frames, and the last one");
}

/* WebKit: frames closer than a step to the next segment removed its first picture, distances of
 * more than a step and 83 ms were holes, and behind one that was more than twice the greatest
 * before everything was dropped up to the next segment. Whatever moves, wherever segments end. */
Test(frame_tail, no_spacing_comes_out_that_webkit_makes_holes_of)
{
    static const struct frame_grid GRIDS[] = {{25, 1, 10000, 400},        {30, 1, 10020, 334},
                                              {30000, 1001, 30000, 1001}, {24, 1, 10008, 417},
                                              {10, 1, 10000, 1000},       {37, 6, 10027, 1626}};

    for (int round = 0; round < 2000; round++) {
        const struct frame_grid *grid = &GRIDS[round % 6];
        const uint32_t step = 1 + (uint32_t)dice((int)(grid->rate_num / (5 * grid->rate_den)));
        const uint32_t longest = frame_pace_longest(grid, step);
        struct run r = {.pace = frame_pace_start(step, longest),
                        .tail = frame_tail_start(step, longest),
                        .step = step,
                        .longest = longest,
                        .greatest = step};
        const int moves = 1 + dice(9);
        int64_t next_cut = 0;
        cr_assert_leq(frame_grid_slot_us(grid, longest - step), 83400);
        for (int64_t slot = 0; slot < 400; slot++) {
            const bool is_cut = slot == next_cut;
            next_cut += is_cut ? (int64_t)(2 * grid->rate_num / grid->rate_den) + dice(60) : 0;
            go_on(&r, slot, dice(moves) == 0, is_cut);
        }
    }
}
