// SPDX-License-Identifier: GPL-3.0-or-later
#include <criterion/criterion.h>

#include "server/http/loop/counters.h"

Test(counters, add_subtract_and_sum_up)
{
    static struct loop_counters a;
    static struct loop_counters b;
    struct http_counters sum = {.values = {0}};

    counter_add(&a, HTTP_COUNT_REQUESTS, 3);
    counter_add(&b, HTTP_COUNT_REQUESTS, 4);
    counter_add(&b, HTTP_COUNT_CONNECTIONS_OPEN, 2);
    counter_subtract(&b, HTTP_COUNT_CONNECTIONS_OPEN, 1);
    counters_add_up(&a, &sum);
    counters_add_up(&b, &sum);
    cr_assert_eq(sum.values[HTTP_COUNT_REQUESTS], 7);
    cr_assert_eq(sum.values[HTTP_COUNT_CONNECTIONS_OPEN], 1);
}

Test(counters, have_names_that_differ)
{
    for (int i = 0; i < HTTP_N_COUNTERS; i++) {
        for (int k = 0; k < i; k++)
            cr_assert_str_neq(http_counter_name(i), http_counter_name(k));
    }
}

Test(counters, latencies_fall_below_their_upper_end)
{
    static struct loop_counters a;
    struct http_counters sum = {.values = {0}};

    counter_note_latency(&a, 2, 0);
    counter_note_latency(&a, 2, 1);
    counter_note_latency(&a, 2, 2);
    counter_note_latency(&a, 2, 99999);
    counter_note_latency(&a, 99, 3);
    counters_add_up(&a, &sum);
    cr_assert_eq(sum.latency[2].counts[0], 2);
    cr_assert_eq(sum.latency[2].counts[1], 1);
    cr_assert_eq(sum.latency[2].counts[HTTP_N_LATENCIES - 1], 1);
    cr_assert_eq(sum.latency[2].sum_ms, 100002);
    cr_assert_eq(sum.latency[0].counts[2], 1);
}
