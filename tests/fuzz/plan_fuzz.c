// SPDX-License-Identifier: GPL-3.0-or-later
/* plan.json: what is accepted is written as it was read. */
#include "common/err.h"
#include "tests/fuzz/fuzz.h"
#include "transcoder/plan/plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf once = buf_with_limit(PLAN_JSON_LIMIT * 4);
    struct buf twice = buf_with_limit(PLAN_JSON_LIMIT * 4);
    struct plan *plan = NULL;
    struct plan *again = NULL;

    const int err = plan_parse(fuzz_slice(data, size), &plan);
    MUST(err == 0 || err == ERR_INVALID);
    if (err == 0) {
        plan_write(plan, &once);
        MUST(once.err == 0 && plan_parse(buf_slice(&once), &again) == 0);
        plan_write(again, &twice);
        MUST(slice_equals(buf_slice(&once), buf_slice(&twice)));
    }
    plan_free(plan);
    plan_free(again);
    buf_clear(&once);
    buf_clear(&twice);
    return 0;
}
