// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/plan.h"

#include <criterion/criterion.h>

Test(plan, a_warning_is_given_once)
{
    CLEANUP(plan_free) struct plan *plan = plan_new();

    plan_warn(plan, FAILURE_NO_AUDIO);
    plan_warn(plan, FAILURE_TRUNCATED);
    plan_warn(plan, FAILURE_NO_AUDIO);
    cr_assert_eq(plan->warnings.n, 2);
    cr_assert_eq(plan->warnings.items[1].failure, FAILURE_TRUNCATED);
}
