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

void plan_warn(struct plan *plan, enum failure failure)
{
    warning_list_add(&plan->warnings, &(struct warning){.failure = failure});
}
