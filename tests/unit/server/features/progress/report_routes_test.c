// SPDX-License-Identifier: GPL-3.0-or-later
/* What is refused before Redis is asked, in process; tests/integration/progress_test.py has the
 * rest. */
#include <criterion/criterion.h>

#include "tests/unit/server/web_fixture.h"

static char id[ID_SIZE];

static void start(void)
{
    web_open();
    web_sign_in("learner", ROLE_LEARNER, id);
}

TestSuite(report_routes, .init = start, .fini = web_close);

Test(report_routes, a_stranger_reports_nothing)
{
    web_as("");
    cr_assert_eq(web_ask("POST", "/api/v1/progress", "{}"), 401);
}

Test(report_routes, what_is_no_report_is_refused_and_the_next_turn_comes)
{
    static const char *const BODIES[] = {"{}", "[]", "{", "{\"session\":7}"};

    for (size_t i = 0; i < sizeof BODIES / sizeof BODIES[0]; i++)
        cr_assert_eq(web_ask("POST", "/api/v1/progress", BODIES[i]), 400, "%s", BODIES[i]);
}

Test(report_routes, a_report_of_another_kind_is_refused)
{
    cr_assert_eq(web_send("POST", "/api/v1/progress", NULL, 0, "{}"), 415);
    cr_assert_str_eq(web_problem(), "unsupported-type");
}
