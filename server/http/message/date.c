// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/message/date.h"

#include <stddef.h>
#include <string.h>
#include <time.h>

static void put_digits(char *to, int value, size_t n)
{
    for (; n > 0; value /= 10)
        to[--n] = (char)('0' + value % 10);
}

/* strftime would ask the locale for names. */
void http_date_format(int64_t unix_s, char text[HTTP_DATE_SIZE])
{
    static const char DAYS[] = "SunMonTueWedThuFriSat";
    static const char MONTHS[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const time_t seconds = (time_t)unix_s;
    struct tm t = {0};

    (void)gmtime_r(&seconds, &t);
    memcpy(text, "Day, 00 Mon 0000 00:00:00 GMT", HTTP_DATE_SIZE);
    memcpy(text, &DAYS[3 * (size_t)t.tm_wday], 3);
    put_digits(text + 5, t.tm_mday, 2);
    memcpy(text + 8, &MONTHS[3 * (size_t)t.tm_mon], 3);
    put_digits(text + 12, t.tm_year + 1900, 4);
    put_digits(text + 17, t.tm_hour, 2);
    put_digits(text + 20, t.tm_min, 2);
    put_digits(text + 23, t.tm_sec, 2);
}
