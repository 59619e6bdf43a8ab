// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/output_budget.h"

#include <criterion/criterion.h>

#include "transcoder/plan/plan.h"

Test(output_budget, tasks_that_only_look_write_nothing)
{
    cr_assert_eq(output_budget_of(STAGE_PROBE, 1000).n_files, 0);
    cr_assert_eq(output_budget_of(STAGE_CHECK, 1000).total_bytes, 0);
}

Test(output_budget, the_longest_lecture_fits)
{
    const uint64_t kbps = 2 * (48 + 110 + 240 + 450 + 900 + 1800);
    const uint64_t sound_kbps = PLAN_MAX_SOUNDS * (32 + 64 + 24);

    cr_assert_geq(output_budget_of(STAGE_CHUNK, 0).total_bytes, 4 * kbps * 1000 / 8 * 60);
    cr_assert_geq(output_budget_of(STAGE_SOUND, 0).total_bytes,
                  2 * sound_kbps * 1000 / 8 * PLAN_MAX_DURATION_S);
    cr_assert_geq(output_budget_of(STAGE_PLAN, 0).file_bytes, PLAN_JSON_LIMIT);
    cr_assert_geq(output_budget_of(STAGE_CHUNK, 0).n_files, PLAN_MAX_RUNGS + PLAN_MAX_CAPTIONS + 3);
}

Test(output_budget, a_join_writes_as_much_as_its_parts_hold_and_little_more)
{
    const struct output_budget budget = output_budget_of(STAGE_JOIN, UINT64_C(40) << 30);

    cr_assert_geq(budget.file_bytes, UINT64_C(40) << 30);
    cr_assert_lt(budget.total_bytes, UINT64_C(41) << 30);
}
