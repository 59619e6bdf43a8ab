// SPDX-License-Identifier: GPL-3.0-or-later
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/err.h"
#include "server/http/message/range.h"
#include "tests/unit/support/dice.h"

static struct http_ranges ranges;

static int parse(const char *value, uint64_t size)
{
    return http_ranges_parse(slice_from(value), size, &ranges);
}

static void check_one(const char *value, uint64_t size, uint64_t offset, uint64_t length)
{
    cr_assert_eq(parse(value, size), 0, "%s", value);
    cr_assert_eq(ranges.n, 1, "%s", value);
    cr_assert_eq(ranges.items[0].offset, offset, "%s", value);
    cr_assert_eq(ranges.items[0].length, length, "%s", value);
}

Test(range, single_forms)
{
    check_one("bytes=0-499", 10000, 0, 500);
    check_one("bytes=500-", 10000, 500, 9500);
    check_one("bytes=-500", 10000, 9500, 500);
    check_one("bytes=-20000", 10000, 0, 10000);
    check_one("bytes=9999-20000", 10000, 9999, 1);
    check_one("Bytes=0-0", 1, 0, 1);
    check_one("bytes= 1-2 ", 10, 1, 2);
    check_one("bytes=0-999999999999999999999999999999", 10, 0, 10);
    check_one("bytes=0-18446744073709551615", 10, 0, 10);
}

Test(range, that_select_nothing_are_unsatisfiable)
{
    cr_assert_eq(parse("bytes=10-", 10), ERR_NOT_FOUND);
    cr_assert_eq(parse("bytes=10-20,30-40", 10), ERR_NOT_FOUND);
    cr_assert_eq(parse("bytes=-0", 10), ERR_NOT_FOUND);
    cr_assert_eq(parse("bytes=0-", 0), ERR_NOT_FOUND);
    cr_assert_eq(parse("bytes=-5", 0), ERR_NOT_FOUND);
    cr_assert_eq(parse("bytes=999999999999999999999999999999-", 10), ERR_NOT_FOUND);
}

Test(range, malformed_ones_are_ignored)
{
    static const char *const BAD[] = {"items=0-1", "bytes 0-1",   "bytes=",      "bytes=a-b",
                                      "bytes=5-2", "bytes=0-1,x", "bytes=0-1,",  "bytes=--1",
                                      "bytes=-",   "0-1",         "bytes=+0-1",  "bytes=0 -1",
                                      "",          "bytes=1",     "bytes=0-0x1", "bytes=,0-1"};

    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
        cr_assert_eq(parse(BAD[i], 100), ERR_INVALID, "%s", BAD[i]);
}

Test(range, several_keep_their_order)
{
    cr_assert_eq(parse("bytes=5000-5009, 0-9, -10", 10000), 0);
    cr_assert_eq(ranges.n, 3);
    cr_assert_eq(ranges.items[0].offset, 5000);
    cr_assert_eq(ranges.items[1].offset, 0);
    cr_assert_eq(ranges.items[2].offset, 9990);
}

Test(range, an_unsatisfiable_one_among_others_is_left_out)
{
    check_one("bytes=0-9,20000-", 10000, 0, 10);
}

Test(range, close_and_overlapping_ones_are_joined)
{
    check_one("bytes=0-0,0-0,0-0", 100, 0, 1);
    check_one("bytes=0-9,5-19", 10000, 0, 20);
    check_one("bytes=0-9,138-140", 10000, 0, 141);
    check_one("bytes=10-19,0-", 10000, 0, 10000);
    cr_assert_eq(parse("bytes=0-9,139-140", 10000), 0);
    cr_assert_eq(ranges.n, 2);
}

Test(range, one_that_bridges_two_joins_all_three)
{
    check_one("bytes=0-9,1000-1009,5-1005", 10000, 0, 1010);
    cr_assert_eq(parse("bytes=5000-5009,0-9,1000-1009,5-1005", 10000), 0);
    cr_assert_eq(ranges.n, 2);
    cr_assert_eq(ranges.items[0].offset, 5000);
    cr_assert_eq(ranges.items[1].length, 1010);
}

Test(range, more_than_the_limit_are_ignored)
{
    char value[1024] = "bytes=0-0";
    size_t n = strlen(value);

    for (int i = 1; i < HTTP_MAX_RANGES; i++)
        n += (size_t)snprintf(value + n, sizeof value - n, ",%d-%d", i * 1000, i * 1000);
    cr_assert_eq(parse(value, 100000), 0);
    cr_assert_eq(ranges.n, HTTP_MAX_RANGES);
    snprintf(value + n, sizeof value - n, ",50000-50000");
    cr_assert_eq(parse(value, 100000), ERR_INVALID);
}

/* Whatever is asked for, what comes out is disjoint and inside, and holds every byte asked for. */
Test(range, random_ones_agree_with_an_oracle)
{
    enum { SIZE = 3000 };
    static bool wanted[SIZE];
    static bool given[SIZE];

    for (int round = 0; round < 2000; round++) {
        char value[1024] = "bytes=";
        size_t n = strlen(value);
        memset(wanted, 0, sizeof wanted);
        memset(given, 0, sizeof given);
        for (int i = dice(8); i >= 0; i--) {
            const int first = dice(SIZE);
            const int last = first + dice(dice(3) ? 20 : SIZE);
            n +=
                (size_t)snprintf(value + n, sizeof value - n, "%d-%d%s", first, last, i ? "," : "");
            for (int k = first; k <= last && k < SIZE; k++)
                wanted[k] = true;
        }
        cr_assert_eq(parse(value, SIZE), 0, "%s", value);
        for (size_t i = 0; i < ranges.n; i++) {
            cr_assert_leq(ranges.items[i].offset + ranges.items[i].length, SIZE);
            for (uint64_t k = 0; k < ranges.items[i].length; k++) {
                cr_assert_not(given[ranges.items[i].offset + k], "%s", value);
                given[ranges.items[i].offset + k] = true;
            }
        }
        for (int k = 0; k < SIZE; k++)
            cr_assert(given[k] || !wanted[k], "%s", value);
    }
}
