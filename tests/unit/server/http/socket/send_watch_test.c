// SPDX-License-Identifier: GPL-3.0-or-later
#include <criterion/criterion.h>

#include "server/http/socket/send_watch.h"

static const struct http_limits LIMITS = {.send_stall_ms = 60000, .send_min_bytes_per_s = 256};

/* A kernel full of bytes that the socket takes no more of, and a peer that acknowledges so much a
 * second. Returns after how many seconds it is given up, or 0. */
static int seconds_until_given_up(int64_t bytes_per_s, int64_t n_held,
                                  const struct http_limits *limits)
{
    struct send_watch watch = {.look_at_ms = 0};
    int64_t now_ms = 5000;
    int64_t n_acknowledged = 0;

    send_watch_begin(&watch, now_ms, limits);
    for (int i = 1; i <= 600 && n_acknowledged < n_held; i++) {
        now_ms += 1000;
        n_acknowledged += bytes_per_s;
        if (send_watch_is_due(&watch, now_ms) &&
            !send_watch_look(&watch, now_ms, n_acknowledged, limits))
            return i;
    }
    return 0;
}

Test(send_watch, waits_for_a_slow_peer_as_long_as_the_kernel_feeds_it)
{
    cr_assert_eq(seconds_until_given_up(8000, 256 * 1024, &LIMITS), 0);
    cr_assert_eq(seconds_until_given_up(256, 64 * 1024, &LIMITS), 0);
}

Test(send_watch, gives_up_a_peer_that_has_stopped)
{
    cr_assert_eq(seconds_until_given_up(0, 256 * 1024, &LIMITS), 90);
}

Test(send_watch, gives_up_a_peer_that_takes_next_to_nothing)
{
    cr_assert_eq(seconds_until_given_up(255, 256 * 1024, &LIMITS), 90);
    cr_assert_eq(seconds_until_given_up(1, 256 * 1024, &LIMITS), 90);
}

Test(send_watch, is_content_with_any_byte_when_no_rate_is_set)
{
    const struct http_limits limits = {.send_stall_ms = 60000};

    cr_assert_eq(seconds_until_given_up(1, 256 * 1024, &limits), 0);
    cr_assert_eq(seconds_until_given_up(0, 256 * 1024, &limits), 90);
}

Test(send_watch, begins_anew_when_the_socket_takes_bytes)
{
    struct send_watch watch = {.look_at_ms = 0};

    send_watch_begin(&watch, 1000, &LIMITS);
    cr_assert(!send_watch_is_due(&watch, 30999));
    cr_assert(send_watch_is_due(&watch, 31000));
    cr_assert(send_watch_look(&watch, 31000, 5000, &LIMITS));
    send_watch_begin(&watch, 60000, &LIMITS);
    cr_assert(!send_watch_is_due(&watch, 89999));
    cr_assert(send_watch_look(&watch, 90000, 5001, &LIMITS), "another first look");
    cr_assert(!send_watch_look(&watch, 150000, 5002, &LIMITS));
}

Test(send_watch, is_never_due_when_nothing_is_blocked)
{
    struct send_watch watch = {.look_at_ms = 0};

    cr_assert(!send_watch_is_due(&watch, INT64_MAX));
    send_watch_begin(&watch, 1000, &LIMITS);
    send_watch_end(&watch);
    cr_assert(!send_watch_is_due(&watch, INT64_MAX));
}

Test(send_watch, gives_up_when_the_kernel_does_not_tell)
{
    struct send_watch watch = {.look_at_ms = 0};

    send_watch_begin(&watch, 1000, &LIMITS);
    cr_assert(!send_watch_look(&watch, 31000, -1, &LIMITS));
}
