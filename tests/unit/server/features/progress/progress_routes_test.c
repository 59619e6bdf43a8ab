// SPDX-License-Identifier: GPL-3.0-or-later
/* What is answered before Redis is asked, in process; tests/integration/progress_test.py has the
 * rest. */
#include <criterion/criterion.h>

#include "tests/unit/server/web_fixture.h"

static char teacher[ID_SIZE], lecture[ID_SIZE], path[100];

static void start(void)
{
    char other[ID_SIZE];

    web_open();
    web_sign_in("teacher", ROLE_INSTRUCTOR, teacher);
    web_sign_in("learner", ROLE_LEARNER, other);
    fixture_add_upload(&web.storage, teacher, 100, 1, lecture);
    (void)snprintf(path, sizeof path, "/api/v1/lectures/%s/progress", lecture);
}

TestSuite(progress_routes, .init = start, .fini = web_close);

Test(progress_routes, a_stranger_has_none)
{
    web_as("");
    cr_assert_eq(web_ask("GET", path, NULL), 401);
}

Test(progress_routes, there_is_none_of_what_cannot_be_watched)
{
    cr_assert_eq(web_ask("GET", path, NULL), 404); /* still uploading */
    cr_assert_eq(web_ask("GET", "/api/v1/lectures/x/progress", NULL), 404);
    cr_assert_eq(web_ask("GET", "/api/v1/lectures/00000000000070008000000000000009/progress", NULL),
                 404);
}

Test(progress_routes, a_table_that_fails_is_no_unknown_lecture)
{
    fixture_execute(&web.storage, "ALTER TABLE lectures RENAME TO hidden");
    cr_assert_eq(web_ask("GET", path, NULL), 500);
}
