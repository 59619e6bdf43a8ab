// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/auth/attempts.h"

#include <criterion/criterion.h>
#include <stdio.h>

enum { MINUTE_MS = 60000, HOUR_MS = 60 * MINUTE_MS };

static struct attempts *a;
static const uint8_t PHONE[SHA256_BYTES] = {1};
static const uint8_t OTHER_PHONE[SHA256_BYTES] = {2};

static void set_up(void)
{
    cr_assert_eq(attempts_new(&a), 0);
}

static void tear_down(void)
{
    attempts_free(a);
}

TestSuite(attempts, .init = set_up, .fini = tear_down);

static enum attempt_verdict enter(const char *login, const char *network, const uint8_t *device,
                                  int64_t now_ms, struct attempt *ret, int64_t *ret_wait_s)
{
    const struct attempt_who who = {slice_from(login), network, device};

    return attempts_enter(a, &who, now_ms, ret, ret_wait_s);
}

/* One try from beginning to end; returns how long it has to wait, 0 when it was admitted. */
static int64_t attempt(const char *login, const char *network, const uint8_t *device,
                       int64_t now_ms, enum attempt_outcome outcome)
{
    struct attempt entered;
    int64_t wait_s = 0;

    switch (enter(login, network, device, now_ms, &entered, &wait_s)) {
    case ATTEMPT_ADMITTED:
        attempts_leave(a, &entered, outcome);
        return 0;
    case ATTEMPT_WAIT:
        cr_assert_geq(wait_s, 1);
        return wait_s;
    default:
        return -1;
    }
}

/* An attacker who tries as soon as may be; returns how many tries that are. */
static int guess(const char *login, const char *network, const uint8_t *device, int64_t from_ms,
                 int64_t to_ms)
{
    int n = 0;

    for (int64_t now_ms = from_ms; now_ms < to_ms;) {
        const int64_t wait_s = attempt(login, network, device, now_ms, ATTEMPT_WRONG);
        now_ms += wait_s > 0 ? wait_s * 1000 : 10;
        n += wait_s == 0;
    }
    return n;
}

Test(attempts, eleven_wrong_passwords_lock_nobody_out)
{
    for (int i = 0; i < 11; i++)
        cr_assert_eq(attempt("root", "n", NULL, 5, ATTEMPT_WRONG), 0);
    cr_assert_eq(attempt("root", "n", NULL, 5, ATTEMPT_RIGHT), 0);
}

Test(attempts, waits_begin_short_grow_and_are_true)
{
    int64_t now_ms = 1000, last_s = 0, wait_s = 0;

    for (int i = 0; i < 12; i++)
        cr_assert_eq(attempt("lan", "n", NULL, now_ms, ATTEMPT_WRONG), 0);
    for (int i = 0; i < 5; i++) {
        wait_s = attempt("lan", "n", NULL, now_ms, ATTEMPT_WRONG);
        cr_assert_gt(wait_s, last_s, "the %dth", i);
        cr_assert_eq(attempt("lan", "n", NULL, now_ms + wait_s * 1000 - 1, ATTEMPT_WRONG), 1);
        now_ms += wait_s * 1000;
        cr_assert_eq(attempt("lan", "n", NULL, now_ms, ATTEMPT_WRONG), 0);
        last_s = wait_s;
    }
    cr_assert_eq(wait_s, 16);
}

Test(attempts, guessing_for_a_day_is_slow_and_ends_with_the_attack)
{
    const int n = guess("lan", "n", NULL, 0, 24 * HOUR_MS);

    cr_assert_lt(n, 2000, "%d", n);
    cr_assert_gt(n, 1000, "%d: it is slowed, not locked", n);
    cr_assert_leq(attempt("lan", "n", NULL, 24 * HOUR_MS, ATTEMPT_RIGHT), 60);
}

Test(attempts, a_known_device_is_never_kept_out_by_others)
{
    char network[24];

    for (int i = 0; i < 300; i++) {
        snprintf(network, sizeof network, "10.0.%d.0/24", i);
        for (int64_t t = 0; t < 20; t++)
            (void)attempt("root", network, NULL, t, ATTEMPT_WRONG);
    }
    for (int64_t t = 0; t < 100; t++)
        (void)attempt("root", "n", OTHER_PHONE, t, ATTEMPT_WRONG);
    cr_assert_eq(attempt("root", "10.0.1.0/24", PHONE, 100, ATTEMPT_RIGHT), 0);
    cr_assert_gt(attempt("root", "n", NULL, 101, ATTEMPT_RIGHT), 0, "a stranger waits");
}

Test(attempts, a_stolen_phone_cannot_guess_for_ever)
{
    cr_assert_lt(guess("lan", "n", PHONE, 0, 24 * HOUR_MS), 2000);
}

Test(attempts, a_new_phone_elsewhere_is_not_kept_out_by_one_network)
{
    (void)guess("lan", "10.0.0.0/24", NULL, 0, HOUR_MS);
    cr_assert_eq(attempt("lan", "10.0.1.0/24", NULL, HOUR_MS, ATTEMPT_RIGHT), 0);
    cr_assert_eq(attempt("minh", "10.0.0.0/24", NULL, HOUR_MS, ATTEMPT_RIGHT), 0);
}

Test(attempts, many_networks_together_are_slowed_at_one_account)
{
    char network[24];
    int n = 0;

    for (int64_t t = 0; t < HOUR_MS; t += 1000) {
        snprintf(network, sizeof network, "10.%d.0.0/24", (int)(t / 1000 % 200));
        n += attempt("lan", network, NULL, t, ATTEMPT_WRONG) == 0;
    }
    cr_assert_lt(n, 400, "%d", n);
    cr_assert_leq(attempt("lan", "n", NULL, HOUR_MS, ATTEMPT_RIGHT), 15, "seconds");
}

Test(attempts, one_network_is_slowed_over_all_accounts_and_a_village_is_not)
{
    char login[24];
    int n = 0;

    for (int i = 0; i < 5000; i++) {
        snprintf(login, sizeof login, "u%d", i);
        n += attempt(login, "n", NULL, 1, ATTEMPT_RIGHT) == 0;
    }
    cr_assert_eq(n, 5000);
    for (n = 0; attempt(login, "n", NULL, 1 + n, ATTEMPT_WRONG) == 0; n++)
        snprintf(login, sizeof login, "v%d", n);
    cr_assert_eq(n, 1000 + 1, "one is forgotten meanwhile");
    cr_assert_eq(attempt("lan", "n", NULL, 2000 + n, ATTEMPT_RIGHT), 0, "after the flood");
}

Test(attempts, what_nobody_looked_at_does_not_count)
{
    for (int i = 0; i < 10000; i++)
        cr_assert_eq(attempt("lan", "n", NULL, 7, ATTEMPT_NOT_LOOKED_AT), 0);
    cr_assert_eq(attempt("lan", "n", NULL, 7, ATTEMPT_WRONG), 0);
}

Test(attempts, guessing_in_parallel_does_not_help)
{
    struct attempt entered[ATTEMPTS_PER_NETWORK];
    int64_t wait_s = 0;
    int n = 0;

    while (enter("lan", "n", NULL, 7, &entered[n], &wait_s) == ATTEMPT_ADMITTED)
        n++;
    cr_assert_eq(n, 12);
    cr_assert_eq(wait_s, 1);
}

Test(attempts, a_flood_leaves_places_for_other_networks_and_known_devices)
{
    struct attempt entered[ATTEMPTS_STRANGERS + 1];
    struct attempt known;
    char login[24];
    int64_t wait_s = 0;
    int n = 0;

    for (; n <= ATTEMPTS_STRANGERS; n++) {
        snprintf(login, sizeof login, "u%d", n);
        if (enter(login, "n", NULL, 7, &entered[n], &wait_s) != ATTEMPT_ADMITTED)
            break;
    }
    cr_assert_eq(n, ATTEMPTS_PER_NETWORK);
    cr_assert_eq(enter("x", "n", NULL, 7, &known, &wait_s), ATTEMPT_BUSY);
    cr_assert_eq(enter("x", "n", PHONE, 7, &known, &wait_s), ATTEMPT_ADMITTED);
    cr_assert_eq(attempt("x", "m", NULL, 7, ATTEMPT_RIGHT), 0);
    attempts_leave(a, &entered[0], ATTEMPT_WRONG);
    cr_assert_eq(attempt("x", "n", NULL, 7, ATTEMPT_RIGHT), 0);
}

Test(attempts, one_known_device_does_not_take_the_places_of_all)
{
    struct attempt entered;
    int64_t wait_s = 0;

    for (int i = 0; i < ATTEMPTS_PER_DEVICE; i++)
        cr_assert_eq(enter("lan", "n", PHONE, 7, &entered, &wait_s), ATTEMPT_ADMITTED);
    cr_assert_eq(enter("lan", "n", PHONE, 7, &entered, &wait_s), ATTEMPT_BUSY);
    cr_assert_eq(attempt("minh", "n", OTHER_PHONE, 7, ATTEMPT_RIGHT), 0);
}

Test(attempts, a_right_password_forgets_and_so_does_the_admin)
{
    (void)guess("lan", "n", NULL, 0, 1000);
    (void)guess("minh", "n", NULL, 0, 1000);
    cr_assert_eq(attempt("lan", "n", NULL, 10000, ATTEMPT_RIGHT), 0);
    for (int i = 0; i < 12; i++)
        cr_assert_eq(attempt("lan", "n", NULL, 10000, ATTEMPT_WRONG), 0);
    cr_assert_gt(attempt("lan", "n", NULL, 10000, ATTEMPT_RIGHT), 0);
    attempts_forget(a, slice_from("lan"));
    cr_assert_eq(attempt("lan", "n", NULL, 10000, ATTEMPT_RIGHT), 0);
}

/* 50,000 logins go through a table of a fixed size: the account under attack stays slow. */
Test(attempts, a_flood_of_logins_does_not_wash_away_what_counts)
{
    char login[24], network[24];
    const int64_t now_ms = HOUR_MS;

    (void)guess("root", "n", NULL, 0, now_ms);
    for (int i = 0; i < 50000; i++) {
        snprintf(login, sizeof login, "u%d", i);
        snprintf(network, sizeof network, "10.%d.0.0/24", i % 60);
        (void)attempt(login, network, NULL, now_ms, ATTEMPT_WRONG);
    }
    cr_assert_gt(attempt("root", "n", NULL, now_ms, ATTEMPT_RIGHT), 0);
}
