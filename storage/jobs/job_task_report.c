// SPDX-License-Identifier: GPL-3.0-or-later
/* job_task_report.c - the part of job_task.h that counts what workers report, or fail to. */
#include "storage/jobs/job_task.h"

#include <string.h>

#include "common/err.h"
#include "storage/jobs/job_row.h"
#include "storage/jobs/lecture_state.h"
#include "storage/jobs/quarantine.h"
#include "storage/media/deleted_media.h"
#include "storage/sqlite/db.h"
#include "storage/sqlite/rows.h"

/* The task as it is, if it is active in this epoch, or ended well in it; else ERR_CONFLICT. */
static int find_reported(struct db *db, const struct task_ref *ref, struct task *ret_task)
{
    CLEANUP(query_end)
    struct query q =
        query_start(db, SELECT_TASKS "WHERE job_id = ? AND kind = ? AND number = ? AND epoch = ?"
                                     " AND state IN ('queued', 'running', 'done')");

    job_row_bind_ref(&q, ref);
    query_bind_int(&q, ref->epoch);
    const int err = query_one(&q, job_row_read_task, ret_task, sizeof *ret_task);
    return err == ERR_NOT_FOUND ? ERR_CONFLICT : err;
}

/* Opens a transaction in which the report counts. When the task is DONE (was_counted), it is a
 * report that is delivered again, and there is nothing to do. */
static int begin_report(struct db *db, const struct task_ref *ref, struct task *ret_task,
                        struct db **ret_open)
{
    CLEANUP(db_rollback) struct db *open = NULL;

    int err = db_begin(db, &open);
    if (!err)
        err = find_reported(db, ref, ret_task);
    if (err)
        return err;
    *ret_open = open;
    open = NULL;
    return 0;
}

static bool was_counted(int err, const struct task *found)
{
    return !err && found->state == TASK_DONE;
}

static int set_job_running(struct db *db, const char *job_id, int64_t now_ms)
{
    CLEANUP(query_end)
    struct query q =
        query_start(db,
                    "UPDATE jobs SET state = 'running', started_at_ms = coalesce(started_at_ms, ?)"
                    " WHERE id = ? AND state = 'queued'");

    query_bind_int(&q, now_ms);
    query_bind_text(&q, job_id);
    return query_run(&q);
}

/* A lecture that is ready is made anew and stays so. One that failed with another job of it waits
 * for this one. */
static int begin_lecture(struct db *db, const char *job_id, int64_t now_ms)
{
    struct lecture lecture;

    int err = job_row_find_lecture(db, job_id, &lecture);
    if (err || lecture.state == LECTURE_PROCESSING || lecture.state == LECTURE_READY)
        return err;
    if (lecture.state == LECTURE_FAILED)
        err = lecture_state_retried(db, lecture.id, now_ms);
    return err ? err : lecture_state_begun(db, lecture.id, now_ms);
}

static int set_running(struct db *db, const struct task_ref *ref, const char *worker,
                       int64_t lease_until_ms)
{
    CLEANUP(query_end)
    struct query q =
        query_start(db, "UPDATE tasks SET state = 'running', worker = ?, lease_until_ms = ?"
                        " WHERE job_id = ? AND kind = ? AND number = ?");

    query_bind_text(&q, worker);
    query_bind_int(&q, lease_until_ms);
    job_row_bind_ref(&q, ref);
    return query_run_found(&q);
}

int job_task_started(struct db *db, const struct task_ref *task, const char *worker,
                     int64_t lease_until_ms, int64_t now_ms)
{
    CLEANUP(db_rollback) struct db *open = NULL;
    struct task found;

    if (strlen(worker) >= TASK_WORKER_SIZE)
        return ERR_INVALID;
    int err = begin_report(db, task, &found, &open);
    if (was_counted(err, &found))
        return 0;
    if (!err && found.state == TASK_RUNNING)
        return strcmp(found.worker, worker) == 0 ? 0 : ERR_CONFLICT;
    if (!err)
        err = set_running(db, task, worker, lease_until_ms);
    if (!err)
        err = set_job_running(db, task->job_id, now_ms);
    if (!err)
        err = begin_lecture(db, task->job_id, now_ms);
    if (!err)
        err = job_row_refresh(db, task->job_id);
    return err ? err : db_commit(&open);
}

int job_task_renew(struct db *db, const struct task_ref *task, int64_t progress_permille,
                   int64_t speed_permille, int64_t lease_until_ms)
{
    CLEANUP(db_rollback) struct db *open = NULL;
    struct task found;

    if (progress_permille < 0 || progress_permille > 1000 || speed_permille < 0)
        return ERR_INVALID;
    int err = begin_report(db, task, &found, &open);
    if (err || was_counted(err, &found))
        return err;
    CLEANUP(query_end)
    struct query q =
        query_start(db, "UPDATE tasks SET state = 'running', lease_until_ms = ?,"
                        " progress_permille = max(progress_permille, ?), speed_permille = ?"
                        " WHERE job_id = ? AND kind = ? AND number = ?");
    query_bind_int(&q, lease_until_ms);
    query_bind_int(&q, progress_permille);
    query_bind_int(&q, speed_permille);
    job_row_bind_ref(&q, task);
    err = query_run(&q);
    if (!err)
        err = job_row_refresh(db, task->job_id);
    return err ? err : db_commit(&open);
}

static int set_done(struct db *db, const struct task_ref *ref)
{
    CLEANUP(query_end)
    struct query q =
        query_start(db,
                    "UPDATE tasks SET state = 'done', progress_permille = 1000, speed_permille = 0,"
                    " lease_until_ms = NULL WHERE job_id = ? AND kind = ? AND number = ?");

    job_row_bind_ref(&q, ref);
    return query_run_found(&q);
}

static int set_plan(struct db *db, const char *job_id, const struct task_plan *plan)
{
    const int err = deleted_media_note_job_package(db, job_id, plan->package_id);
    if (err)
        return err;
    CLEANUP(query_end)
    struct query q =
        query_start(db,
                    "UPDATE jobs SET n_chunks = ?, n_sounds = ?, duration_us = ?, package_id = ?"
                    " WHERE id = ?");

    query_bind_int(&q, plan->n_chunks);
    query_bind_int(&q, plan->n_sounds);
    query_bind_int(&q, plan->duration_us);
    query_bind_text(&q, plan->package_id);
    query_bind_text(&q, job_id);
    return query_run_found(&q);
}

/* A lecture that is ready keeps showing its package until a new one is complete. */
static int show_package(struct db *db, const char *job_id, bool is_ready, int64_t now_ms)
{
    CLEANUP(query_end)
    struct query q = query_start(
        db, "UPDATE lectures SET package_id = jobs.package_id, duration_us = jobs.duration_us,"
            " updated_at_ms = ?2 FROM jobs"
            " WHERE jobs.id = ?3 AND lectures.id = jobs.lecture_id"
            " AND (?1 OR lectures.state = 'processing')");

    query_bind_int(&q, is_ready);
    query_bind_int(&q, now_ms);
    query_bind_text(&q, job_id);
    return query_run(&q);
}

static int set_lecture_package(struct db *db, const char *job_id, bool is_ready, int64_t now_ms)
{
    const int err = deleted_media_note_shown_package(db, job_id);

    return err ? err : show_package(db, job_id, is_ready, now_ms);
}

static int add_planned_tasks(struct db *db, const char *job_id, const struct task_plan *plan)
{
    int err = plan->n_sounds > 0 ? job_row_add_task(db, job_id, TASK_SOUND, 0) : 0;

    for (int64_t i = 0; !err && i < plan->n_chunks; i++)
        err = job_row_add_task(db, job_id, TASK_CHUNK, i);
    return err;
}

int job_task_planned(struct db *db, const struct task_ref *task, const struct task_plan *plan,
                     int64_t now_ms)
{
    CLEANUP(db_rollback) struct db *open = NULL;
    struct task found;

    if (task->kind != TASK_PLAN || plan->n_chunks < 0 || plan->n_chunks > TASK_MAX_NUMBER + 1 ||
        plan->n_sounds < 0 || plan->n_chunks + plan->n_sounds == 0 || plan->duration_us < 0 ||
        !id_is_valid(slice_from(plan->package_id)))
        return ERR_INVALID;
    int err = begin_report(db, task, &found, &open);
    if (was_counted(err, &found))
        return 0;
    if (!err)
        err = set_plan(db, task->job_id, plan);
    if (!err)
        err = set_done(db, task);
    if (!err)
        err = set_lecture_package(db, task->job_id, false, now_ms);
    if (!err)
        err = add_planned_tasks(db, task->job_id, plan);
    if (!err)
        err = job_row_refresh(db, task->job_id);
    return err ? err : db_commit(&open);
}

static int add_part(struct db *db, const struct task_ref *ref, int64_t number)
{
    CLEANUP(query_end)
    struct query q =
        query_start(db, "INSERT OR IGNORE INTO parts (job_id, kind, number) VALUES (?, ?, ?)");

    query_bind_text(&q, ref->job_id);
    query_bind_text(&q, task_kind_name(ref->kind));
    query_bind_int(&q, number);
    return query_run(&q);
}

int job_task_part_done(struct db *db, const struct task_ref *task, int64_t number)
{
    CLEANUP(db_rollback) struct db *open = NULL;
    struct task found;

    const bool is_chunks_own = task->kind == TASK_CHUNK && number == task->number;
    const bool is_sounds = task->kind == TASK_SOUND && number >= 0 && number <= TASK_MAX_NUMBER;
    if (!is_chunks_own && !is_sounds)
        return ERR_INVALID;
    int err = begin_report(db, task, &found, &open);
    if (was_counted(err, &found))
        return 0;
    if (!err)
        err = add_part(db, task, number);
    return err ? err : db_commit(&open);
}

static int add_warning(struct db *db, const char *job_id, const struct warning *warning)
{
    CLEANUP(buf_clear) struct buf json = buf_with_limit(JOB_WARNINGS_SIZE);
    CLEANUP(query_end)
    struct query q = query_start(
        db, "UPDATE jobs SET warnings = json_insert(warnings, '$[#]', json(?1)) WHERE id = ?2"
            " AND json_array_length(warnings) < ?3 AND length(CAST(warnings || ?1 AS BLOB)) < ?4"
            " AND NOT EXISTS (SELECT 1 FROM json_each(warnings) WHERE value = json(?1))");

    warning_write(warning, &json);
    if (json.err)
        return json.err;
    query_bind_slice(&q, buf_slice(&json));
    query_bind_text(&q, job_id);
    query_bind_int(&q, JOB_MAX_WARNINGS);
    query_bind_int(&q, JOB_WARNINGS_SIZE - 1); /* less a comma */
    return query_run(&q);
}

int job_task_warned(struct db *db, const struct task_ref *task, const struct warning *warning)
{
    CLEANUP(db_rollback) struct db *open = NULL;
    struct task found;

    if (warning->failure == FAILURE_NONE)
        return ERR_INVALID;
    int err = begin_report(db, task, &found, &open);
    if (err || was_counted(err, &found))
        return err;
    err = add_warning(db, task->job_id, warning);
    return err ? err : db_commit(&open);
}

/* Reports are counted in any order: its beginning may not have been told. */
static int complete_lecture(struct db *db, const char *job_id, int64_t now_ms)
{
    struct lecture lecture;

    int err = begin_lecture(db, job_id, now_ms);
    if (!err)
        err = job_row_find_lecture(db, job_id, &lecture);
    return err ? err : lecture_state_made(db, lecture.id, now_ms);
}

/* The last step of a job. */
static int finish_job(struct db *db, const char *job_id, int64_t now_ms)
{
    CLEANUP(query_end)
    struct query q = query_start(
        db, "UPDATE jobs SET state = 'done', progress_permille = 1000, speed_permille = 0,"
            " eta_s = 0, finished_at_ms = ? WHERE id = ? AND state IN ('queued', 'running')");

    query_bind_int(&q, now_ms);
    query_bind_text(&q, job_id);
    int err = query_run_found(&q);
    if (!err)
        err = deleted_media_note(db, MEDIA_JOBS, job_id);
    if (!err)
        err = set_lecture_package(db, job_id, true, now_ms);
    return err ? err : complete_lecture(db, job_id, now_ms);
}

static int add_join_when_due(struct db *db, const char *job_id)
{
    int64_t n_left = 0;

    CLEANUP(query_end)
    struct query q =
        query_start(db, "SELECT count(*) FROM tasks WHERE job_id = ? AND state <> 'done'");

    query_bind_text(&q, job_id);
    const int err = query_number(&q, &n_left);
    if (err || n_left > 0)
        return err;
    return job_row_add_task(db, job_id, TASK_JOIN, 0);
}

int job_task_done(struct db *db, const struct task_ref *task, int64_t now_ms)
{
    CLEANUP(db_rollback) struct db *open = NULL;
    struct task found;

    int err = begin_report(db, task, &found, &open);
    if (was_counted(err, &found))
        return 0;
    if (!err && task->kind == TASK_PLAN)
        err = ERR_CONFLICT; /* where is the plan? */
    if (!err)
        err = set_done(db, task);
    if (!err && task->kind == TASK_CHUNK)
        err = add_part(db, task, task->number);
    if (!err && task->kind != TASK_JOIN)
        err = add_join_when_due(db, task->job_id);
    if (!err)
        err = job_row_refresh(db, task->job_id);
    if (!err && task->kind == TASK_JOIN)
        err = finish_job(db, task->job_id, now_ms);
    return err ? err : db_commit(&open);
}

static int set_waiting(struct db *db, const struct task *task, int64_t not_before_ms)
{
    CLEANUP(query_end)
    struct query q = query_start(
        db, "UPDATE tasks SET state = 'waiting', attempts = ?, crashes = ?, not_before_ms = ?,"
            " lease_until_ms = NULL, progress_permille = 0, speed_permille = 0"
            " WHERE job_id = ? AND kind = ? AND number = ?");

    query_bind_int(&q, task->attempts);
    query_bind_int(&q, task->crashes);
    query_bind_int(&q, not_before_ms);
    job_row_bind_ref(&q, &task->ref);
    return query_run_found(&q);
}

/* Before another attempt after a fault of the machine: the disk may have room again by then. A
 * worker that is gone, or a decoder that died, is no reason to wait. */
static int64_t pause_ms(const struct task *task, enum failure failure, bool is_crash)
{
    if (is_crash || failure == FAILURE_WORKER_LOST)
        return 0;
    return task->attempts <= 1 ? 5000 : 30000;
}

/* An attempt ended without a result: another one, or the job's end. */
static int end_attempt(struct db *db, struct task *task, enum failure failure, bool is_crash,
                       const struct job_now *now)
{
    const char *job_id = task->ref.job_id;
    bool is_quarantined = false;
    int err = 0;

    task->attempts++;
    task->crashes += is_crash;
    if (is_crash)
        err = quarantine_count_crash(db, job_id, task->ref.kind, now->wall_ms, &is_quarantined);
    if (err || is_quarantined) /* then the job was ended with it */
        return err;
    if (task->attempts >= JOB_TASK_MAX_ATTEMPTS || (!is_crash && !failure_is_retryable(failure)))
        return job_row_end(db, job_id, JOB_FAILED, failure, now->wall_ms);
    err = set_waiting(db, task, now->steady_ms + pause_ms(task, failure, is_crash));
    return err ? err : job_row_refresh(db, job_id);
}

int job_task_failed(struct db *db, const struct task_ref *task, enum failure failure, bool is_crash,
                    const struct job_now *now)
{
    CLEANUP(db_rollback) struct db *open = NULL;
    struct task found;

    if (failure == FAILURE_NONE)
        return ERR_INVALID;
    int err = begin_report(db, task, &found, &open);
    if (was_counted(err, &found))
        return 0;
    if (!err)
        err = end_attempt(db, &found, failure, is_crash, now);
    return err ? err : db_commit(&open);
}

int job_task_released(struct db *db, const struct task_ref *task, int64_t not_before_ms)
{
    CLEANUP(db_rollback) struct db *open = NULL;
    struct task found;

    int err = begin_report(db, task, &found, &open);
    if (was_counted(err, &found))
        return 0;
    if (!err)
        err = set_waiting(db, &found, not_before_ms);
    if (!err)
        err = job_row_refresh(db, task->job_id);
    return err ? err : db_commit(&open);
}

int job_task_lost(struct db *db, const struct task_ref *task, const struct job_now *now)
{
    CLEANUP(db_rollback) struct db *open = NULL;
    struct task found;

    int err = begin_report(db, task, &found, &open);
    if (!err && found.state != TASK_QUEUED)
        err = ERR_CONFLICT;
    if (!err)
        err = end_attempt(db, &found, FAILURE_WORKER_LOST, false, now);
    return err ? err : db_commit(&open);
}

static int list_expired(struct db *db, int64_t steady_ms, struct arena *arena,
                        struct task **ret_tasks, size_t *ret_n)
{
    CLEANUP(query_end)
    struct query q = query_start(db, SELECT_TASKS "WHERE state = 'running' AND lease_until_ms < ?");

    query_bind_int(&q, steady_ms);
    return job_row_read_tasks(&q, arena, ret_tasks, ret_n);
}

int job_task_expire_leases(struct db *db, const struct job_now *now, struct arena *arena,
                           struct task **ret_tasks, size_t *ret_n)
{
    CLEANUP(db_rollback) struct db *open = NULL;
    struct task *tasks = NULL;
    size_t n = 0;

    int err = db_begin(db, &open);
    if (!err)
        err = list_expired(db, now->steady_ms, arena, &tasks, &n);
    for (size_t i = 0; !err && i < n; i++) {
        struct task found;
        err = find_reported(db, &tasks[i].ref, &found);
        if (!err)
            err = end_attempt(db, &found, FAILURE_WORKER_LOST, false, now);
        else if (err == ERR_CONFLICT)
            err = 0; /* its job has just ended with another task of the list */
    }
    if (!err)
        err = db_commit(&open);
    if (err)
        return err;
    *ret_tasks = tasks;
    *ret_n = n;
    return 0;
}
