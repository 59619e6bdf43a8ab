// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/watchdog.h"

#include <criterion/criterion.h>

Test(watchdog, silence_grows_until_something_is_heard)
{
    struct watchdog watchdog;

    watchdog_feed(&watchdog, 7000);
    for (int64_t s = 1; s <= 120; s++)
        cr_assert_eq(watchdog_look(&watchdog, 7000 + s * 1000), s * 1000);
    watchdog_feed(&watchdog, 200000);
    cr_assert_eq(watchdog_look(&watchdog, 200100), 100);
}

Test(watchdog, a_machine_that_stood_still_once_made_everybody_silent)
{
    struct watchdog watchdog;

    watchdog_feed(&watchdog, 0);
    cr_assert_eq(watchdog_look(&watchdog, 1000), 1000);
    cr_assert_eq(watchdog_look(&watchdog, 3600 * 1000), 1000 + WATCHDOG_STEP_MS);
    cr_assert_eq(watchdog_look(&watchdog, INT64_C(315619200000)), 1000 + 2 * WATCHDOG_STEP_MS);
}

Test(watchdog, a_clock_that_goes_back_is_not_counted)
{
    struct watchdog watchdog;

    watchdog_feed(&watchdog, 5000);
    cr_assert_eq(watchdog_look(&watchdog, 4000), 0);
    cr_assert_eq(watchdog_look(&watchdog, 4500), 500);
}
