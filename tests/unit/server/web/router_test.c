// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/web/router.h"

#include <criterion/criterion.h>
#include <string.h>

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
