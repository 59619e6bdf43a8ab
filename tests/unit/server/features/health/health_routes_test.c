// SPDX-License-Identifier: GPL-3.0-or-later
/* /readyz asks Redis: tests/integration/start_test.py and progress_test.py. */
#include <criterion/criterion.h>

#include "tests/unit/server/web_fixture.h"

TestSuite(health_routes, .init = web_open, .fini = web_close);

Test(health_routes, the_process_lives_whatever_is_broken)
{
    fixture_execute(&web.storage, "ALTER TABLE users RENAME TO hidden");
    atomic_store(&web.health.is_stopping, true);
    cr_assert_eq(web_ask("GET", "/healthz", NULL), 200);
    cr_assert_str_eq(web.body, "ok\n");
    cr_assert(web_has("Cache-Control: no-store"));
}
