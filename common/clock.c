// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/clock.h"

#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#include "common/err.h"

static int64_t read_ms(clockid_t which)
{
    struct timespec now = {0};

    (void)clock_gettime(which, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_monotonic_ms(void)
{
    return read_ms(CLOCK_MONOTONIC);
}

int64_t clock_wall_ms(void)
{
    return read_ms(CLOCK_REALTIME);
}

void clock_format_rfc3339(int64_t wall_ms, char text[CLOCK_RFC3339_SIZE])
{
    const int64_t ms = (wall_ms % 1000 + 1000) % 1000; /* also before 1970 */
    const time_t seconds = (time_t)((wall_ms - ms) / 1000);
    struct tm parts = {0};

    (void)gmtime_r(&seconds, &parts);
    const size_t n = strftime(text, CLOCK_RFC3339_SIZE, "%Y-%m-%dT%H:%M:%S", &parts);
    (void)snprintf(text + n, CLOCK_RFC3339_SIZE - n, ".%03uZ", (unsigned)ms % 1000);
}

/* Takes n digits off the front, which are min to max. */
static bool take_number(struct slice *rest, size_t n, int min, int max, int *ret_number)
{
    uint64_t number = 0;

    if (rest->length < n || slice_to_u64(slice_of(rest->data, n), &number) ||
        number > (uint64_t)max)
        return false;
    *rest = slice_skip(*rest, n);
    *ret_number = (int)number;
    return *ret_number >= min;
}

static bool take_char(struct slice *rest, char lower, char upper)
{
    if (rest->length == 0 || (rest->data[0] != lower && rest->data[0] != upper))
        return false;
    *rest = slice_skip(*rest, 1);
    return true;
}

/* ".123456"; nothing is none. */
static bool take_fraction(struct slice *rest, int *ret_ms)
{
    int scale = 100, n = 0;

    *ret_ms = 0;
    if (!take_char(rest, '.', '.'))
        return true;
    for (; rest->length > 0 && rest->data[0] >= '0' && rest->data[0] <= '9'; n++) {
        *ret_ms += (rest->data[0] - '0') * scale;
        scale /= 10;
        *rest = slice_skip(*rest, 1);
    }
    return n > 0;
}

static bool take_zone(struct slice *rest, int *ret_minutes)
{
    int hours = 0, minutes = 0;

    *ret_minutes = 0;
    if (take_char(rest, 'Z', 'z'))
        return true;
    const bool is_west = take_char(rest, '-', '-');
    if ((!is_west && !take_char(rest, '+', '+')) || !take_number(rest, 2, 0, 23, &hours) ||
        !take_char(rest, ':', ':') || !take_number(rest, 2, 0, 59, &minutes))
        return false;
    *ret_minutes = (hours * 60 + minutes) * (is_west ? -1 : 1);
    return true;
}

static bool take_day(struct slice *rest, struct tm *parts)
{
    if (!take_number(rest, 4, 1970, 9999, &parts->tm_year) || !take_char(rest, '-', '-') ||
        !take_number(rest, 2, 1, 12, &parts->tm_mon) || !take_char(rest, '-', '-') ||
        !take_number(rest, 2, 1, 31, &parts->tm_mday))
        return false;
    parts->tm_year -= 1900;
    parts->tm_mon--;
    return true;
}

static bool take_hour(struct slice *rest, struct tm *parts)
{
    return take_number(rest, 2, 0, 23, &parts->tm_hour) && take_char(rest, ':', ':') &&
           take_number(rest, 2, 0, 59, &parts->tm_min) && take_char(rest, ':', ':') &&
           take_number(rest, 2, 0, 59, &parts->tm_sec);
}

int clock_parse_rfc3339(struct slice text, int64_t *ret_wall_ms)
{
    struct tm parts = {0};
    int ms = 0, zone = 0;

    if (!take_day(&text, &parts) || !take_char(&text, 'T', 't') || !take_hour(&text, &parts) ||
        !take_fraction(&text, &ms) || !take_zone(&text, &zone) || text.length > 0)
        return ERR_INVALID;
    const int day = parts.tm_mday;
    const int64_t seconds = timegm(&parts) - (int64_t)zone * 60; /* moves 31 April to 1 May */
    if (parts.tm_mday != day || seconds < 0)
        return ERR_INVALID;
    *ret_wall_ms = seconds * 1000 + ms;
    return 0;
}
