// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/load/load.h"

#include <criterion/criterion.h>

static struct load_reading reading(int64_t ms, uint64_t requests, uint64_t bytes_out)
{
    struct load_reading r = {.monotonic_ms = ms};

    r.http.values[HTTP_COUNT_REQUESTS] = requests;
    r.http.values[HTTP_COUNT_BYTES_OUT] = bytes_out;
    return r;
}

Test(load, rates_are_differences_over_the_time_between)
{
    const struct load_reading before = reading(10000, 100, 1000);
    const struct load_reading now = reading(12000, 150, 251000);
    struct load_view view;

    load_derive(&before, &now, 2000, &view);
    cr_assert_eq(view.uptime_s, 10);
    cr_assert_float_eq(view.requests_per_s, 25, 1e-9);
    cr_assert_float_eq(view.egress_bps, 1000000, 1e-6);
}

Test(load, the_first_reading_has_no_rates)
{
    const struct load_reading none = {0};
    const struct load_reading now = reading(12000, 150, 251000);
    struct load_view view;

    load_derive(&none, &now, 12000, &view);
    cr_assert_float_eq(view.requests_per_s, 0, 0);
    cr_assert_float_eq(view.egress_bps, 0, 0);
}

Test(load, the_latest_two_readings_count)
{
    struct load *load = NULL;
    struct load_view view;

    cr_assert_eq(load_new(1000, &load), 0);
    load_view(load, &view);
    cr_assert_eq(view.uptime_s, 0);
    for (int i = 1; i <= 3; i++) {
        const struct load_reading r = reading(1000 * i, (uint64_t)(i * i) * 10, 0);
        load_update(load, &r);
    }
    load_view(load, &view);
    cr_assert_float_eq(view.requests_per_s, 50, 1e-9);
    cr_assert_eq(view.uptime_s, 2);
    load_free(load);
}
