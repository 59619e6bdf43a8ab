// SPDX-License-Identifier: GPL-3.0-or-later
/* date.h - dates as HTTP writes them (RFC 9110 §5.6.7). Pure. */
#ifndef SERVER_HTTP_MESSAGE_DATE_H
#define SERVER_HTTP_MESSAGE_DATE_H

#include <stdint.h>

enum { HTTP_DATE_LENGTH = 29, HTTP_DATE_SIZE = HTTP_DATE_LENGTH + 1 };

/* Seconds since 1970, 0 to the end of the year 9999, as "Sun, 06 Nov 1994 08:49:37 GMT". */
void http_date_format(int64_t unix_s, char text[HTTP_DATE_SIZE]);

#endif
