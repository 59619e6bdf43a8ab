// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/plan.h"

#include <stdlib.h>

struct plan *plan_new(void)
{
    return calloc(1, sizeof(struct plan));
}

void plan_free(struct plan *plan)
{
    free(plan);
}

void plan_warn(struct plan *plan, enum failure warning)
{
    for (size_t i = 0; i < plan->n_warnings; i++) {
        if (plan->warnings[i] == warning)
            return;
    }
    if (plan->n_warnings < PLAN_MAX_WARNINGS)
        plan->warnings[plan->n_warnings++] = warning;
}
