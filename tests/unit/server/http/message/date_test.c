// SPDX-License-Identifier: GPL-3.0-or-later
#include <criterion/criterion.h>

#include "server/http/message/date.h"

Test(date, writes_imf_fixdate)
{
    char text[HTTP_DATE_SIZE];

    http_date_format(784111777, text);
    cr_assert_str_eq(text, "Sun, 06 Nov 1994 08:49:37 GMT");
    http_date_format(0, text);
    cr_assert_str_eq(text, "Thu, 01 Jan 1970 00:00:00 GMT");
    http_date_format(1709251199, text);
    cr_assert_str_eq(text, "Thu, 29 Feb 2024 23:59:59 GMT");
    http_date_format(253402300799, text);
    cr_assert_str_eq(text, "Fri, 31 Dec 9999 23:59:59 GMT");
}
