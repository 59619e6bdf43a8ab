// SPDX-License-Identifier: GPL-3.0-or-later
#include <criterion/criterion.h>

#include "server/http/h2/misbehaviour.h"
#include "server/http/message/limits.h"

enum { MANY = 100000 };

/* How often the deed, done every interval_ms, is let pass without the verdict; MANY: always. */
static int count_until(enum misbehaviour_verdict verdict, enum misdeed deed, int64_t interval_ms)
{
    struct misbehaviour m = {.milli_points = 0};
    int64_t now_ms = 1000000;

    for (int n = 1; n < MANY; n++, now_ms += interval_ms) {
        if (misbehaviour_add(&m, deed, now_ms) >= verdict)
            return n;
    }
    return MANY;
}

Test(misbehaviour, warns_after_a_hundred_resets)
{
    cr_assert_eq(count_until(MISBEHAVIOUR_WARNED, MISDEED_EARLY_RESET, 0), HTTP_MAX_RESETS);
    cr_assert_eq(count_until(MISBEHAVIOUR_WARNED, MISDEED_PROVOKED_RESET, 0), HTTP_MAX_RESETS);
    cr_assert_eq(count_until(MISBEHAVIOUR_WARNED, MISDEED_BAD_REQUEST, 0), HTTP_MAX_RESETS);
}

Test(misbehaviour, closes_before_two_hundred_resets)
{
    cr_assert_leq(count_until(MISBEHAVIOUR_OVER, MISDEED_EARLY_RESET, 0), 134);
    cr_assert_leq(count_until(MISBEHAVIOUR_OVER, MISDEED_EARLY_RESET, 100), 200);
}

Test(misbehaviour, warns_at_three_quarters_of_the_limit)
{
    cr_assert_eq(count_until(MISBEHAVIOUR_WARNED, MISDEED_CONTROL_FRAME, 0),
                 HTTP_MISBEHAVIOUR_WARNING);
    cr_assert_eq(count_until(MISBEHAVIOUR_OVER, MISDEED_CONTROL_FRAME, 0), HTTP_MISBEHAVIOUR_LIMIT);
    cr_assert_eq(HTTP_MISBEHAVIOUR_WARNING * 4, HTTP_MISBEHAVIOUR_LIMIT * 3);
}

/* A viewer who drags the slider, a page that pings, an uplink that resets: for ever. */
Test(misbehaviour, lets_pass_what_honest_clients_do)
{
    cr_assert_eq(count_until(MISBEHAVIOUR_WARNED, MISDEED_EARLY_RESET, 700), MANY);
    cr_assert_eq(count_until(MISBEHAVIOUR_WARNED, MISDEED_LATE_RESET, 100), MANY);
    cr_assert_eq(count_until(MISBEHAVIOUR_WARNED, MISDEED_CONTROL_FRAME, 100), MANY);
    cr_assert_eq(count_until(MISBEHAVIOUR_WARNED, MISDEED_STALL, 5000), MANY);
}

Test(misbehaviour, is_harder_on_heads_that_are_too_large)
{
    cr_assert_leq(count_until(MISBEHAVIOUR_WARNED, MISDEED_LARGE_HEAD, 0), 6);
    cr_assert_leq(count_until(MISBEHAVIOUR_OVER, MISDEED_LARGE_HEAD, 0), 8);
}

Test(misbehaviour, forgets_in_a_minute_what_led_to_a_warning)
{
    struct misbehaviour m = {.milli_points = 0};

    for (int i = 0; i < HTTP_MAX_RESETS; i++)
        (void)misbehaviour_add(&m, MISDEED_EARLY_RESET, 5000);
    cr_assert_eq(misbehaviour_add(&m, MISDEED_CONTROL_FRAME, 65000), MISBEHAVIOUR_TOLERATED);
    cr_assert_leq(m.milli_points, 1000);
}

Test(misbehaviour, adds_up_different_deeds)
{
    struct misbehaviour m = {.milli_points = 0};
    int n = 0;

    while (misbehaviour_add(&m, n % MISDEED_N, 5000) != MISBEHAVIOUR_OVER)
        n++;
    cr_assert_leq(n, 200);
}

Test(misbehaviour, never_gives_credit_for_a_quiet_time)
{
    struct misbehaviour m = {.milli_points = 0};

    (void)misbehaviour_add(&m, MISDEED_CONTROL_FRAME, 1);
    (void)misbehaviour_add(&m, MISDEED_CONTROL_FRAME, (int64_t)1 << 40);
    cr_assert_eq(m.milli_points, 1000);
}
