// SPDX-License-Identifier: GPL-3.0-or-later
#include <criterion/criterion.h>

#include "common/err.h"
#include "server/http/exchange/response.h"
#include "server/http/message/request.h"

Test(request, method_names_go_both_ways)
{
    for (enum http_method m = HTTP_GET; m <= HTTP_OPTIONS; m++) {
        enum http_method found = 0;
        cr_assert_eq(http_method_parse(slice_from(http_method_name(m)), &found), 0);
        cr_assert_eq(found, m);
    }
}

Test(request, method_names_are_exact)
{
    enum http_method m = HTTP_PUT;

    cr_assert_eq(http_method_parse(slice_from("get"), &m), ERR_UNSUPPORTED);
    cr_assert_eq(http_method_parse(slice_from("GETT"), &m), ERR_UNSUPPORTED);
    cr_assert_eq(http_method_parse(slice_from(""), &m), ERR_UNSUPPORTED);
    cr_assert_eq(m, HTTP_PUT);
}

Test(request, headers_are_found_without_regard_to_case)
{
    const struct http_header fields[] = {HTTP_HEADER("X-One", "1"), HTTP_HEADER("x-one", "2"),
                                         HTTP_HEADER("X-Empty", "")};
    const struct http_request r = {.headers = fields, .n_headers = 3};

    cr_assert(slice_is(http_request_header(&r, "x-ONE"), "1"));
    cr_assert_not_null(http_request_header(&r, "x-empty").data);
    cr_assert_null(http_request_header(&r, "x-on").data);
}

Test(request, cookies)
{
    const struct http_header fields[] = {HTTP_HEADER("Cookie", "a=1; sid=abc=d ;empty=; xsid=no"),
                                         HTTP_HEADER("cookie", "late=2")};
    const struct http_request r = {.headers = fields, .n_headers = 2};

    cr_assert(slice_is(http_request_cookie(&r, "a"), "1"));
    cr_assert(slice_is(http_request_cookie(&r, "sid"), "abc=d"));
    cr_assert(slice_is(http_request_cookie(&r, "late"), "2"));
    cr_assert_not_null(http_request_cookie(&r, "empty").data);
    cr_assert_eq(http_request_cookie(&r, "empty").length, 0);
    cr_assert_null(http_request_cookie(&r, "SID").data);
    cr_assert_null(http_request_cookie(&r, "si").data);
}

Test(request, a_cookie_without_a_value_is_none)
{
    const struct http_header field = HTTP_HEADER("cookie", "sid; ; =x;");
    const struct http_request r = {.headers = &field, .n_headers = 1};

    cr_assert_null(http_request_cookie(&r, "sid").data);
}

Test(request, query_parameters)
{
    const struct http_request r = {.query = slice_from("a=1&b=&c&d=x%20y&a=2")};
    const struct http_request none = {.n_headers = 0};

    cr_assert(slice_is(http_request_query(&r, "a"), "1"));
    cr_assert(slice_is(http_request_query(&r, "b"), ""));
    cr_assert_not_null(http_request_query(&r, "b").data);
    cr_assert_not_null(http_request_query(&r, "c").data);
    cr_assert(slice_is(http_request_query(&r, "d"), "x%20y"));
    cr_assert_null(http_request_query(&r, "e").data);
    cr_assert_null(http_request_query(&none, "a").data);
}

Test(request, cookies_are_looked_for_in_every_cookie_field_and_in_no_other)
{
    const struct http_header headers[] = {{slice_from("X-Cookie"), slice_from("a=1")},
                                          {slice_from("Cookie"), slice_from("b=2")},
                                          {slice_from("cookie"), slice_from("a=3")}};
    const struct http_request request = {.headers = headers, .n_headers = 3};

    cr_assert(slice_is(http_request_cookie(&request, "a"), "3"));
    cr_assert_null(http_request_cookie(&request, "c").data);
}
