// SPDX-License-Identifier: GPL-3.0-or-later
#include <criterion/criterion.h>

#include "server/http/message/status.h"

Test(status, has_reasons)
{
    cr_assert_str_eq(http_status_reason(200), "OK");
    cr_assert_str_eq(http_status_reason(507), "Insufficient Storage");
    cr_assert_str_eq(http_status_reason(599), "Status");
}

Test(status, some_never_have_a_body)
{
    cr_assert_not(http_status_has_body(100));
    cr_assert_not(http_status_has_body(204));
    cr_assert_not(http_status_has_body(304));
    cr_assert(http_status_has_body(200));
    cr_assert(http_status_has_body(404));
}
