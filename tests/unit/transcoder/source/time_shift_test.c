// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/time_shift.h"

#include <criterion/criterion.h>

Test(time_shift, a_packet_gets_the_shift_of_its_place)
{
    struct time_shifts shifts = {0};

    cr_assert_eq(time_shift_at(&shifts, 5), 0);
    time_shifts_add(&shifts, (struct time_shift){0, 10, 0});
    time_shifts_add(&shifts, (struct time_shift){1000, 20, 0});
    time_shifts_add(&shifts, (struct time_shift){2000, 30, 0});
    cr_assert_eq(time_shift_at(&shifts, -1), 10);
    cr_assert_eq(time_shift_at(&shifts, 999), 10);
    cr_assert_eq(time_shift_at(&shifts, 1000), 20);
    cr_assert_eq(time_shift_at(&shifts, 5000), 30);
    time_shifts_move(&shifts, -10);
    cr_assert_eq(time_shift_at(&shifts, 1000), 10);
}

Test(time_shift, more_runs_than_fit_go_with_the_last)
{
    struct time_shifts shifts = {0};

    for (int i = 0; i < 2 * TIME_SHIFTS_MAX; i++)
        time_shifts_add(&shifts, (struct time_shift){i, i, 0});
    cr_assert_eq(shifts.n, TIME_SHIFTS_MAX);
    cr_assert_eq(time_shift_at(&shifts, 1000), TIME_SHIFTS_MAX - 1);
}

Test(time_shift, a_run_may_go_on_in_another_stream)
{
    struct time_shifts shifts = {.n = 0};

    cr_assert_eq(time_shift_stream(&shifts, 5, 1), 1);
    time_shifts_add(&shifts, (struct time_shift){0, 0, 0});
    time_shifts_add(&shifts, (struct time_shift){1000, 0, 3});
    cr_assert_eq(time_shift_stream(&shifts, 999, 1), 1);
    cr_assert_eq(time_shift_stream(&shifts, 1000, 1), 3);
}
