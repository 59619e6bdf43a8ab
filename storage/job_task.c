// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/job_task.h"

#include <string.h>

#include "common/err.h"
#include "storage/arena_list.h"
#include "storage/db.h"
#include "storage/db_query.h"
#include "storage/job_row.h"

#define SELECT_ISSUES                                                                          \
    "SELECT tasks.job_id, tasks.kind, tasks.number, tasks.epoch, lectures.id,"                 \
    " lectures.source_sha256, CASE tasks.kind WHEN 'plan' THEN NULL ELSE jobs.package_id END " \
    "FROM "

/* Plans before all else. */
static const char WAITING_PLANS[] =
    SELECT_ISSUES "tasks JOIN jobs ON jobs.id = tasks.job_id"
                  " JOIN lectures ON lectures.id = jobs.lecture_id"
                  " WHERE tasks.state = 'waiting' AND tasks.kind = 'plan'"
                  " AND tasks.not_before_ms <= ? ORDER BY jobs.created_at_ms, jobs.id LIMIT ?";

/* Then one job after the other. CROSS JOIN makes SQLite go through the active jobs from the oldest
 * on and stop at the limit, instead of sorting all that waits. */
static const char WAITING_OTHERS[] =
    SELECT_ISSUES "jobs CROSS JOIN tasks ON tasks.job_id = jobs.id"
                  " CROSS JOIN lectures ON lectures.id = jobs.lecture_id"
                  " WHERE jobs.state IN ('queued', 'running') AND tasks.state = 'waiting'"
                  " AND tasks.kind <> 'plan' AND tasks.not_before_ms <= ?"
                  " ORDER BY jobs.created_at_ms, jobs.id, CASE tasks.kind WHEN 'sound' THEN 0"
                  " WHEN 'chunk' THEN 1 ELSE 2 END, tasks.number LIMIT ?";

int job_task_list_running(struct db *db, struct arena *arena, struct task **ret_tasks,
                          size_t *ret_n)
{
    CLEANUP(query_end)
    struct query q = query_start(db, SELECT_TASKS "WHERE state = 'running'");

    return job_row_read_tasks(&q, arena, ret_tasks, ret_n);
}

int job_task_count(struct db *db, int64_t ret_counts[N_TASK_STATES])
{
    int64_t counts[N_TASK_STATES] = {0};
    int err;

    CLEANUP(query_end)
    struct query q = query_start(
        db, "SELECT tasks.state, count(*) FROM jobs CROSS JOIN tasks ON tasks.job_id = jobs.id"
            " WHERE jobs.state IN ('queued', 'running') GROUP BY tasks.state");
    while ((err = query_next(&q)) == 0) {
        const int state = job_row_read_task_state(&q);
        counts[state] = query_read_int(&q);
    }
    if (err != ERR_NOT_FOUND)
        return err;
    memcpy(ret_counts, counts, sizeof counts);
    return 0;
}

static int count_queued(struct db *db, size_t *ret_n)
{
    CLEANUP(query_end)
    struct query q = query_start(db, "SELECT count(*) FROM tasks WHERE state = 'queued'");

    const int err = query_next(&q);
    if (err)
        return err;
    *ret_n = (size_t)query_read_int(&q);
    return 0;
}

/* Issues, as far as they are known, in the arena. */
struct issue_list {
    struct arena *arena;
    struct task_issue *issues;
    size_t n;
};

static int list_waiting(struct db *db, const char *sql, size_t limit, int64_t now_ms,
                        struct issue_list *list)
{
    int err;

    CLEANUP(query_end) struct query q = query_start(db, sql);
    query_bind_int(&q, now_ms);
    query_bind_int(&q, (int64_t)(limit - list->n));
    while ((err = query_next(&q)) == 0) {
        list->issues = arena_list_grow(list->arena, list->issues, list->n, sizeof *list->issues);
        if (!list->issues)
            return ERR_NO_MEMORY;
        struct task_issue *issue = &list->issues[list->n++];
        job_row_read_ref(&q, &issue->ref);
        query_read_text(&q, issue->lecture_id, sizeof issue->lecture_id);
        query_read_text(&q, issue->source_sha256, sizeof issue->source_sha256);
        query_read_text(&q, issue->package_id, sizeof issue->package_id);
    }
    return err == ERR_NOT_FOUND ? 0 : err;
}

static int list_all_waiting(struct db *db, size_t limit, int64_t now_ms, struct issue_list *list)
{
    const int err = list_waiting(db, WAITING_PLANS, limit, now_ms, list);

    return err ? err : list_waiting(db, WAITING_OTHERS, limit, now_ms, list);
}

static int next_epoch(struct db *db, const char *job_id, int64_t *ret_epoch)
{
    CLEANUP(query_end)
    struct query q = query_start(
        db, "UPDATE jobs SET last_epoch = last_epoch + 1 WHERE id = ? RETURNING last_epoch");

    query_bind_text(&q, job_id);
    const int err = query_next(&q);
    if (err)
        return err;
    const int64_t epoch = query_read_int(&q);
    const int run_err = query_run(&q);
    if (!run_err)
        *ret_epoch = epoch;
    return run_err;
}

static int set_queued(struct db *db, struct task_ref *ref)
{
    int64_t epoch = 0;

    const int err = next_epoch(db, ref->job_id, &epoch);
    if (err)
        return err;
    CLEANUP(query_end)
    struct query q =
        query_start(db, "UPDATE tasks SET state = 'queued', epoch = ?, progress_permille = 0,"
                        " speed_permille = 0 WHERE job_id = ? AND kind = ? AND number = ?");
    query_bind_int(&q, epoch);
    job_row_bind_ref(&q, ref);
    ref->epoch = epoch;
    return query_run_found(&q);
}

int job_task_issue(struct db *db, size_t max_queued, int64_t now_ms, struct arena *arena,
                   struct task_issue **ret_issues, size_t *ret_n)
{
    CLEANUP(db_rollback) struct db *open = NULL;
    struct issue_list list = {.arena = arena};
    size_t n_queued = 0;

    int err = db_begin(db, &open);
    if (!err)
        err = count_queued(db, &n_queued);
    if (!err && n_queued < max_queued)
        err = list_all_waiting(db, max_queued - n_queued, now_ms, &list);
    for (size_t i = 0; !err && i < list.n; i++)
        err = set_queued(db, &list.issues[i].ref);
    if (!err)
        err = db_commit(&open);
    if (err)
        return err;
    *ret_issues = list.issues;
    *ret_n = list.n;
    return 0;
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
