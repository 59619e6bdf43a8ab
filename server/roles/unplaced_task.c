// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/unplaced_task.h"

#include "common/err.h"
#include "common/package/failure.h"
#include "server/roles/job_clocks.h"

static enum failure failure_of_files(int err)
{
    return err == ERR_NO_SPACE ? FAILURE_DISK_FULL : FAILURE_INTERNAL;
}

int unplaced_task_fail(struct db *db, void *arg)
{
    const struct unplaced_task *unplaced = arg;
    const struct job_now now = job_clocks();

    return job_task_failed(db, unplaced->task, failure_of_files(unplaced->err), false, &now);
}
