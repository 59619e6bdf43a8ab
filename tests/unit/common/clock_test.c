// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/clock.h"

#include <criterion/criterion.h>
#include <time.h>

Test(clock, wall_times_are_written_as_rfc_3339_in_utc)
{
    static const struct {
        int64_t wall_ms;
        const char *text;
    } CASES[] = {
        {0, "1970-01-01T00:00:00.000Z"},
        {1795504500123, "2026-11-24T07:15:00.123Z"},
        {951782399999, "2000-02-28T23:59:59.999Z"},
        {951782400000, "2000-02-29T00:00:00.000Z"},
        {253402300799999, "9999-12-31T23:59:59.999Z"},
    };

    setenv("TZ", "Asia/Ho_Chi_Minh", 1);
    tzset();
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        char text[CLOCK_RFC3339_SIZE];
        clock_format_rfc3339(CASES[i].wall_ms, text);
        cr_assert_str_eq(text, CASES[i].text);
    }
}

Test(clock, a_time_before_1970_counts_its_milliseconds_upwards)
{
    char text[CLOCK_RFC3339_SIZE];

    clock_format_rfc3339(-1, text);
    cr_assert_str_eq(text, "1969-12-31T23:59:59.999Z");
    clock_format_rfc3339(-1000, text);
    cr_assert_str_eq(text, "1969-12-31T23:59:59.000Z");
}

Test(clock, the_monotonic_clock_never_goes_back)
{
    const int64_t first_ms = clock_monotonic_ms();
    int64_t last_ms = first_ms;

    while (last_ms < first_ms + 20) {
        const int64_t now_ms = clock_monotonic_ms();
        cr_assert_geq(now_ms, last_ms);
        last_ms = now_ms;
    }
}

Test(clock, the_wall_clock_agrees_with_the_system)
{
    const int64_t seconds = (int64_t)time(NULL);
    const int64_t wall_ms = clock_wall_ms();

    cr_assert(wall_ms / 1000 >= seconds && wall_ms / 1000 <= seconds + 2);
}
