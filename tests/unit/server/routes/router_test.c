// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/routes/router.h"

#include <criterion/criterion.h>

static bool is_same(const char *name, const char *value)
{
    const struct http_header headers[] = {{SLICE_LITERAL("Host"),
                                           SLICE_LITERAL("banmai.example:8443")},
                                          {slice_from(name), slice_from(value)}};
    const struct http_request request = {.headers = headers, .n_headers = 2};

    return request_is_same_origin(&request);
}

Test(router, a_browser_says_where_a_request_comes_from)
{
    cr_assert(is_same("Sec-Fetch-Site", "same-origin"));
    cr_assert(is_same("Sec-Fetch-Site", "none"));
    cr_assert_not(is_same("Sec-Fetch-Site", "same-site"));
    cr_assert_not(is_same("Sec-Fetch-Site", "cross-site"));
    cr_assert_not(is_same("Sec-Fetch-Site", ""));
}

Test(router, an_old_browser_is_judged_by_its_origin)
{
    cr_assert(is_same("Origin", "https://banmai.example:8443"));
    cr_assert(is_same("Origin", "http://BANMAI.example:8443"));
    cr_assert_not(is_same("Origin", "https://banmai.example"));
    cr_assert_not(is_same("Origin", "https://banmai.example:8443.evil.example"));
    cr_assert_not(is_same("Origin", "https://evil.example"));
    cr_assert_not(is_same("Origin", "null"));
    cr_assert_not(is_same("Origin", ""));
}

Test(router, a_program_that_is_no_browser_sends_neither)
{
    cr_assert(is_same("User-Agent", "curl"));
}

Test(router, every_row_of_the_table_has_a_policy_and_its_own_place)
{
    for (size_t i = 0; i < N_ROUTES; i++) {
        cr_assert_geq(ROUTES[i].policy, POLICY_ANYONE, "%s", ROUTES[i].pattern);
        cr_assert_not_null(ROUTES[i].handle, "%s", ROUTES[i].pattern);
        cr_assert_eq(ROUTES[i].policy == POLICY_OWNER, ROUTES[i].object == OBJECT_LECTURE, "%s",
                     ROUTES[i].pattern);
        for (size_t k = 0; k < i; k++)
            cr_assert(ROUTES[i].method != ROUTES[k].method ||
                          strcmp(ROUTES[i].pattern, ROUTES[k].pattern) != 0,
                      "%s stands twice", ROUTES[i].pattern);
    }
}
