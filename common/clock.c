// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/clock.h"

#include <stdio.h>
#include <time.h>

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
