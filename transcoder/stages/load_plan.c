// SPDX-License-Identifier: GPL-3.0-or-later
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "transcoder/source/fingerprint.h"
#include "transcoder/stages/stage.h"

static int check_source(const struct stage_context *context, const struct plan *plan)
{
    char text[FINGERPRINT_SIZE];

    const int err = fingerprint_of(context->source_fd, context->source_bytes, text);
    if (err)
        return err;
    if (plan->source.size_bytes != context->source_bytes ||
        strcmp(plan->source.fingerprint, text) != 0)
        return fault_set(context->fault, FAILURE_INTERNAL, ERR_CONFLICT,
                         "plan.json was made for another source");
    return 0;
}

int stage_load_plan(const struct stage_context *context, struct plan **ret_plan)
{
    CLEANUP(buf_clear) struct buf json = buf_with_limit(PLAN_JSON_LIMIT);
    CLEANUP(plan_free) struct plan *plan = NULL;

    int err = link_read_file(context->link, "plan.json", &json);
    if (!err)
        err = plan_parse(buf_slice(&json), &plan);
    if (!err && context->source_fd >= 0)
        err = check_source(context, plan);
    if (err)
        return fault_set(context->fault, FAILURE_INTERNAL, err, "no usable plan.json: %s",
                         err_text(err));
    *ret_plan = plan;
    plan = NULL;
    return 0;
}
