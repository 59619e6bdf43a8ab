// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/time_shift.h"

#include <criterion/criterion.h>

Test(time_shift, a_packet_gets_the_shift_of_its_place)
{
    struct time_shifts shifts = {0};

    cr_assert_eq(time_shift_at(&shifts, 5), 0);
    time_shifts_add(&shifts, 0, 10);
    time_shifts_add(&shifts, 1000, 20);
    time_shifts_add(&shifts, 2000, 30);
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
        time_shifts_add(&shifts, i, i);
    cr_assert_eq(shifts.n, TIME_SHIFTS_MAX);
    cr_assert_eq(time_shift_at(&shifts, 1000), TIME_SHIFTS_MAX - 1);
}
