// SPDX-License-Identifier: GPL-3.0-or-later
/* What the admin sees of the load, in process. The stream of events needs a server:
 * tests/integration/load_test.py. */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/unit/server/web_fixture.h"

static char id[ID_SIZE];

static void start(void)
{
    web_open();
    web_sign_in("learner", ROLE_LEARNER, id);
    web_sign_in("admin", ROLE_ADMIN, id);
}

TestSuite(load_routes, .init = start, .fini = web_close);

Test(load_routes, an_admin_gets_an_object)
{
    cr_assert_eq(web_ask("GET", "/api/v1/admin/load", NULL), 200);
    cr_assert(json_is_object(web.document));
    cr_assert_gt(json_object_size(web.document), 3);
    cr_assert(web_has("no-store"));
}

Test(load_routes, others_get_neither_readings_nor_events_nor_metrics)
{
    static const char *const PATHS[] = {"/api/v1/admin/load", "/api/v1/admin/load/events",
                                        "/metrics"};

    for (size_t i = 0; i < sizeof PATHS / sizeof PATHS[0]; i++) {
        web_as("");
        cr_assert_eq(web_ask("GET", PATHS[i], NULL), 401, "%s", PATHS[i]);
        web_as("learner");
        cr_assert_eq(web_ask("GET", PATHS[i], NULL), 403, "%s", PATHS[i]);
    }
}

Test(load_routes, metrics_are_text)
{
    cr_assert_eq(web_ask("GET", "/metrics", NULL), 200);
    cr_assert(web_has("text/plain"));
    cr_assert_not_null(strstr(web.body, "# TYPE "));
}
