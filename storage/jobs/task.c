// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/jobs/task.h"

#include "common/err.h"

static const char *const KIND_NAMES[N_TASK_KINDS] = {
    [TASK_PLAN] = "plan",
    [TASK_SOUND] = "sound",
    [TASK_CHUNK] = "chunk",
    [TASK_JOIN] = "join",
};

const char *task_kind_name(enum task_kind kind)
{
    return KIND_NAMES[kind];
}

int task_kind_from_name(struct slice name, enum task_kind *ret_kind)
{
    for (int i = 0; i < N_TASK_KINDS; i++) {
        if (slice_is(name, KIND_NAMES[i])) {
            *ret_kind = (enum task_kind)i;
            return 0;
        }
    }
    return ERR_INVALID;
}
