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

static int64_t parsed(const char *text)
{
    int64_t ms = -2;

    return clock_parse_rfc3339(slice_from(text), &ms) ? -1 : ms;
}

Test(clock, what_is_written_is_read_again_in_every_zone)
{
    char text[CLOCK_RFC3339_SIZE];

    for (int64_t ms = 0; ms < INT64_C(253402300800000); ms += INT64_C(86399877001)) {
        clock_format_rfc3339(ms, text);
        cr_assert_eq(parsed(text), ms, "%s", text);
    }
    cr_assert_eq(parsed("9999-12-31T23:59:59.999Z"), INT64_C(253402300799999));
    cr_assert_eq(parsed("1970-01-01T07:00:01+07:00"), 1000);
    cr_assert_eq(parsed("1970-01-01t00:00:01.2z"), 1200);
    cr_assert_eq(parsed("1970-01-01T00:00:00.0019999999999999999-00:00"), 1);
    cr_assert_eq(parsed("1970-01-01T00:00:00-01:30"), 5400000);
    cr_assert_eq(parsed("2024-02-29T00:00:00Z"), INT64_C(1709164800000));
}

Test(clock, what_is_no_time_is_refused)
{
    static const char *const WRONG[] = {
        "",
        "2026-12-01",
        "2026-12-01T07:00:00",
        "2026-12-01 07:00:00Z",
        "2026-12-01T07:00:00.Z",
        "2026-12-01T07:00Z",
        "2026-12-01T24:00:00Z",
        "2026-12-01T23:60:00Z",
        "2026-12-01T23:59:60Z",
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-04-31T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00+00:01",
        "2026-12-01T07:00:00+7:00",
        "2026-12-01T07:00:00+24:00",
        "2026-12-01T07:00:00Zx",
        "+026-12-01T07:00:00Z",
        "2026-12-01T07:00:00+07",
    };

    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++)
        cr_assert_eq(parsed(WRONG[i]), -1, "%s", WRONG[i]);
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
