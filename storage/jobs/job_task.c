// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/jobs/job_task.h"

#include "common/err.h"
#include "storage/jobs/job_row.h"
#include "storage/sqlite/db.h"
#include "storage/sqlite/rows.h"

int job_task_list_running(struct db *db, struct arena *arena, struct task **ret_tasks,
                          size_t *ret_n)
{
    CLEANUP(query_end)
    struct query q = query_start(db, SELECT_TASKS "WHERE state = 'running'");

    return job_row_read_tasks(&q, arena, ret_tasks, ret_n);
}

int job_task_list_stopped(struct db *db, const char *job_id, struct arena *arena,
                          struct task **ret_tasks, size_t *ret_n)
{
    CLEANUP(query_end)
    struct query q =
        query_start(db, SELECT_TASKS
                    "WHERE state = 'failed' AND epoch > 0 AND job_id IN"
                    " (SELECT jobs.id FROM lectures JOIN jobs ON jobs.lecture_id = lectures.id"
                    " WHERE jobs.state = 'failed' AND source_sha256 ="
                    " (SELECT source_sha256 FROM jobs JOIN lectures"
                    " ON lectures.id = jobs.lecture_id WHERE jobs.id = ?))");

    query_bind_text(&q, job_id);
    return job_row_read_tasks(&q, arena, ret_tasks, ret_n);
}

int job_task_count(struct db *db, enum task_state state, int64_t *ret_n)
{
    CLEANUP(query_end)
    struct query q = query_start(db, "SELECT count(*) FROM tasks WHERE state = ?");

    query_bind_text(&q, job_row_task_state_name(state));
    return query_number(&q, ret_n);
}

int job_task_begin_time(struct db *db, int64_t lease_until_ms)
{
    CLEANUP(db_rollback) struct db *open = NULL;
    CLEANUP(query_end)
    struct query leases =
        query_start(db, "UPDATE tasks SET lease_until_ms = ? WHERE state = 'running'");
    CLEANUP(query_end)
    struct query pauses =
        query_start(db, "UPDATE tasks SET not_before_ms = 0 WHERE state = 'waiting'");

    query_bind_int(&leases, lease_until_ms);
    int err = db_begin(db, &open);
    if (!err)
        err = query_run(&leases);
    if (!err)
        err = query_run(&pauses);
    return err ? err : db_commit(&open);
}

int job_task_requeue_queued(struct db *db, int64_t *ret_n)
{
    CLEANUP(query_end)
    struct query q = query_start(db, "UPDATE tasks SET state = 'waiting' WHERE state = 'queued'");

    const int err = query_run(&q);
    if (err)
        return err;
    *ret_n = query_n_changed(&q);
    return 0;
}

int job_task_requeue_worker(struct db *db, const char *worker, int64_t *ret_n)
{
    CLEANUP(query_end)
    struct query q =
        query_start(db,
                    "UPDATE tasks SET state = 'waiting', not_before_ms = 0 WHERE state = 'running'"
                    " AND worker = ?");

    query_bind_text(&q, worker);
    const int err = query_run(&q);
    if (err)
        return err;
    *ret_n = query_n_changed(&q);
    return 0;
}
