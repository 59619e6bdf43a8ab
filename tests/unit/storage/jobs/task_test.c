// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/jobs/task.h"

#include <criterion/criterion.h>

#include "common/err.h"

Test(task, kind_names_round_trip)
{
    for (int i = 0; i < N_TASK_KINDS; i++) {
        enum task_kind kind = N_TASK_KINDS;
        cr_assert_eq(task_kind_from_name(slice_from(task_kind_name((enum task_kind)i)), &kind), 0);
        cr_assert_eq(kind, (enum task_kind)i);
    }
    enum task_kind kind = TASK_JOIN;
    cr_assert_eq(task_kind_from_name(slice_from("upload"), &kind), ERR_INVALID);
    cr_assert_eq(kind, TASK_JOIN);
}
