// SPDX-License-Identifier: GPL-3.0-or-later
#include <criterion/criterion.h>

#include "server/http/message/body_rate.h"

static const struct http_limits LIMITS = {.body_grace_ms = 30000, .body_min_bytes_per_s = 512};

/* Feeds bytes_per_s once a second and returns after how many seconds the rule was broken, or 0. */
static int seconds_until_broken(int bytes_per_s, int seconds)
{
    struct body_rate rate = {.since_ms = 0};
    int64_t now = 1000;

    body_rate_run(&rate, now);
    for (int i = 1; i <= seconds; i++) {
        now += 1000;
        body_rate_add(&rate, now, (uint64_t)bytes_per_s);
        if (!body_rate_is_enough(&rate, now, &LIMITS))
            return i;
    }
    return 0;
}

Test(body_rate, lets_an_honest_slow_uplink_pass)
{
    cr_assert_eq(seconds_until_broken(1024, 3600), 0);
    cr_assert_eq(seconds_until_broken(600, 3600), 0);
}

Test(body_rate, ends_a_dripping_body_soon_after_the_grace)
{
    cr_assert_eq(seconds_until_broken(1, 3600), 31);
    const int at = seconds_until_broken(400, 3600);
    cr_assert(at >= 31 && at <= 90, "%d", at);
}

Test(body_rate, forgives_anything_within_the_grace)
{
    cr_assert_eq(seconds_until_broken(0, 30), 0);
    cr_assert_eq(seconds_until_broken(0, 31), 31);
}

Test(body_rate, survives_a_short_outage_of_a_good_link)
{
    struct body_rate rate = {.since_ms = 0};

    body_rate_run(&rate, 1);
    for (int64_t s = 1; s <= 60; s++)
        body_rate_add(&rate, s * 1000, 8000);
    for (int64_t s = 61; s <= 100; s++)
        cr_assert(body_rate_is_enough(&rate, s * 1000, &LIMITS), "at %d", (int)s);
    cr_assert_not(body_rate_is_enough(&rate, 125 * 1000, &LIMITS));
}

Test(body_rate, stands_still_while_the_handler_holds_the_body)
{
    struct body_rate rate = {.since_ms = 0};

    body_rate_run(&rate, 1000);
    body_rate_hold(&rate, 2000);
    cr_assert(body_rate_is_enough(&rate, 2000 + 3600 * 1000, &LIMITS));
    body_rate_run(&rate, 2000 + 3600 * 1000);
    cr_assert(body_rate_is_enough(&rate, 2000 + 3600 * 1000 + 28000, &LIMITS));
    cr_assert_not(body_rate_is_enough(&rate, 2000 + 3600 * 1000 + 31000, &LIMITS));
}

Test(body_rate, has_no_rule_when_the_limit_is_zero)
{
    const struct http_limits none = {.body_grace_ms = 0, .body_min_bytes_per_s = 0};
    struct body_rate rate = {.since_ms = 0};

    body_rate_run(&rate, 1);
    cr_assert(body_rate_is_enough(&rate, 1000000, &none));
}
