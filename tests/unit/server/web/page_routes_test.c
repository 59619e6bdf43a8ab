// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/web/page_routes.h"

#include <criterion/criterion.h>

#include "tests/unit/server/web_fixture.h"

TestSuite(page_routes, .init = web_open, .fini = web_close);

Test(page_routes, without_pages_people_are_told_so)
{
    cr_assert_eq(web_ask("GET", "/", NULL), 404);
    cr_assert_str_eq(web_problem(), "not-built");
}

Test(page_routes, the_paths_of_the_interface_are_no_pages)
{
    cr_assert_eq(web_ask("GET", "/api/v1/nothing", NULL), 404);
    cr_assert_str_eq(web_problem(), "not-found");
    cr_assert_eq(web_ask("GET", "/control/v1/nothing", NULL), 404);
    cr_assert_str_eq(web_problem(), "not-found");
    cr_assert_eq(web_ask("POST", "/", "{}"), 404);
}
