// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/socket/pacing.h"

#include <criterion/criterion.h>

Test(pacing, is_three_times_the_use_at_first_and_then_twice)
{
    cr_assert_eq(pacing_rate(10000, 0), 30000);
    cr_assert_eq(pacing_rate(10000, 29999), 30000);
    cr_assert_eq(pacing_rate(10000, 30000), 20000);
    cr_assert_eq(pacing_rate(10000, INT64_MAX), 20000);
}

Test(pacing, no_use_is_no_limit)
{
    cr_assert_eq(pacing_rate(0, 0), PACING_NONE);
}

Test(pacing, what_does_not_fit_is_no_limit)
{
    cr_assert_eq(pacing_rate(UINT32_MAX / 2, 0), PACING_NONE);
    cr_assert_eq(pacing_rate(UINT32_MAX / 2, 40000), UINT32_MAX - 1);
}
