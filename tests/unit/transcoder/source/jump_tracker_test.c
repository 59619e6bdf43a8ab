// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/jump_tracker.h"

#include <criterion/criterion.h>

enum { FRAME = 40000, S = 1000000 };

static int64_t next(struct jump_tracker *t, size_t lane, int64_t time_us)
{
    int64_t shift = -1;

    jump_tracker_next(t, lane, time_us, FRAME, &shift);
    return shift;
}

Test(jump_tracker, steady_streams_are_not_shifted)
{
    struct jump_tracker t = jump_tracker_empty(JUMP_HOLE_US);

    for (int64_t time = 100 * S; time < 200 * S; time += FRAME) {
        cr_assert_eq(next(&t, 0, time), 0);
        cr_assert_eq(next(&t, 1, time - 300000), 0, "interleaving is no jump");
    }
}

Test(jump_tracker, a_jump_back_continues_where_everything_ended)
{
    struct jump_tracker t = jump_tracker_empty(JUMP_HOLE_US);

    next(&t, 0, 10 * S);
    next(&t, 1, 10 * S + 20000);
    cr_assert_eq(next(&t, 0, 2 * S), 10 * S + 20000 + FRAME - 2 * S);
}

Test(jump_tracker, the_other_stream_joins_the_same_run)
{
    struct jump_tracker t = jump_tracker_empty(JUMP_HOLE_US);

    next(&t, 0, 10 * S);
    next(&t, 1, 10 * S);
    const int64_t shift = next(&t, 0, 2 * S);
    cr_assert_eq(next(&t, 1, 10 * S + FRAME), 0, "still before the jump");
    cr_assert_eq(next(&t, 1, 2 * S - 100000), shift);
    cr_assert_eq(t.n_runs, 2);
}

Test(jump_tracker, a_hole_is_kept_and_a_leap_is_closed)
{
    struct jump_tracker t = jump_tracker_empty(JUMP_HOLE_US);

    next(&t, 0, 0);
    cr_assert_eq(next(&t, 0, 9 * S), 0);
    cr_assert_eq(next(&t, 0, 1000 * S), 9 * S + FRAME - 1000 * S);
    cr_assert_eq(t.runs[1].closed_us, 991 * S - FRAME);
}

Test(jump_tracker, a_slide_that_stands_while_somebody_talks_is_no_leap)
{
    struct jump_tracker t = jump_tracker_empty(JUMP_HOLE_US);

    next(&t, 0, 0);
    for (int64_t time = 0; time < 60 * S; time += FRAME)
        next(&t, 1, time);
    cr_assert_eq(next(&t, 0, 60 * S), 0);
    cr_assert_eq(next(&t, 0, 125 * S), 60 * S + FRAME - 125 * S, "nobody talks any more");
}

Test(jump_tracker, a_stream_that_begins_hours_later_begins_where_the_others_are)
{
    struct jump_tracker t = jump_tracker_empty(JUMP_HOLE_US);

    for (int64_t time = 0; time < 20 * S; time += FRAME)
        next(&t, 0, time);
    cr_assert_eq(next(&t, 1, 2000 * S), 20 * S - 2000 * S, "which once made a lecture of hours");
    cr_assert_eq(next(&t, 0, 20 * S), 0);
    cr_assert_eq(next(&t, 2, 12 * S), 0, "one that is late in the file alone");
}

Test(jump_tracker, a_stream_that_begins_in_a_later_part_is_of_that_part)
{
    struct jump_tracker t = jump_tracker_empty(JUMP_HOLE_US);

    for (int64_t time = 100 * S; time < 120 * S; time += FRAME)
        next(&t, 0, time);
    const int64_t shift = next(&t, 0, 2 * S);
    cr_assert_neq(shift, 0);
    cr_assert_eq(next(&t, 1, 2 * S), shift);
}

Test(jump_tracker, pictures_alone_may_stand_as_long_as_the_caller_says)
{
    struct jump_tracker t = jump_tracker_empty(600 * S);

    next(&t, 0, 0);
    cr_assert_eq(next(&t, 0, 599 * S), 0);
    cr_assert_neq(next(&t, 0, 1300 * S), 0);
}

Test(jump_tracker, endless_jumps_end_in_the_last_run)
{
    struct jump_tracker t = jump_tracker_empty(JUMP_HOLE_US);

    for (int i = 0; i < 1000; i++)
        next(&t, 0, i % 2 ? 0 : 100 * S);
    cr_assert_leq(t.n_runs, JUMP_MAX_RUNS);
}
