// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/jobs/job_store.h"

#include "common/err.h"
#include "storage/jobs/job_row.h"
#include "storage/jobs/lecture_state.h"
#include "storage/jobs/quarantine.h"
#include "storage/sqlite/db.h"
#include "storage/sqlite/rows.h"

#define SELECT_JOBS "SELECT " JOB_COLUMNS " FROM jobs "

int job_store_find(struct db *db, const char *job_id, struct job *ret_job)
{
    CLEANUP(query_end) struct query q = query_start(db, SELECT_JOBS "WHERE id = ?");

    query_bind_text(&q, job_id);
    return query_one(&q, job_row_read, ret_job, sizeof *ret_job);
}

int job_store_find_by_lecture(struct db *db, const char *lecture_id, struct job *ret_job)
{
    CLEANUP(query_end)
    struct query q =
        query_start(db, SELECT_JOBS
                    "WHERE lecture_id = ? ORDER BY created_at_ms DESC, id DESC LIMIT 1");

    query_bind_text(&q, lecture_id);
    return query_one(&q, job_row_read, ret_job, sizeof *ret_job);
}

int job_store_list_active(struct db *db, size_t limit, struct arena *arena, struct job **ret_jobs,
                          size_t *ret_n)
{
    CLEANUP(query_end)
    struct query q = query_start(db, SELECT_JOBS "WHERE state IN ('queued', 'running')"
                                                 " ORDER BY created_at_ms, id LIMIT ?");

    query_bind_int(&q, (int64_t)limit);
    return query_list(&q, job_row_read, sizeof(struct job), arena, ret_jobs, ret_n);
}

static void read_part(struct query *q, void *number)
{
    *(int64_t *)number = query_read_int(q);
}

int job_store_list_parts(struct db *db, const char *job_id, enum task_kind kind,
                         struct arena *arena, int64_t **ret_numbers, size_t *ret_n)
{
    CLEANUP(query_end)
    struct query q =
        query_start(db, "SELECT number FROM parts WHERE job_id = ? AND kind = ? ORDER BY number");
    query_bind_text(&q, job_id);
    query_bind_text(&q, task_kind_name(kind));
    return query_list(&q, read_part, sizeof(int64_t), arena, ret_numbers, ret_n);
}

int job_store_set_playable(struct db *db, const char *job_id)
{
    CLEANUP(query_end)
    struct query q = query_start(db, "UPDATE jobs SET is_playable = 1 WHERE id = ?");

    query_bind_text(&q, job_id);
    return query_run_found(&q);
}

int job_store_set_failure_detail(struct db *db, const char *job_id, const char *detail)
{
    CLEANUP(query_end)
    struct query q = query_start(db, "UPDATE jobs SET failure_detail = ? WHERE id = ?");

    query_bind_text(&q, detail);
    query_bind_text(&q, job_id);
    return query_run_found(&q);
}

int job_store_leave_sound_out(struct db *db, const char *job_id)
{
    CLEANUP(query_end)
    struct query q = query_start(db, "UPDATE jobs SET without_sound = 1 WHERE id = ?");

    query_bind_text(&q, job_id);
    return query_run_found(&q);
}

/* What the owner wants of the sound was said with the upload, which is still there. */
static int add_job(struct db *db, const char *job_id, const char *lecture_id, int64_t now_ms)
{
    CLEANUP(query_end)
    struct query q = query_start(
        db,
        "INSERT INTO jobs (id, lecture_id, state, stage, progress_permille, speed_permille,"
        " n_chunks, n_sounds, failure_code, warnings, attempts_by_hand, last_epoch,"
        " created_at_ms, owner_id, without_sound) VALUES (?1, ?2, 'queued', 'plan', 0, 0, 0, 0, '',"
        " '[]', 0, 0, ?3, (SELECT owner_id FROM lectures WHERE id = ?2),"
        " coalesce((SELECT without_sound FROM uploads WHERE id = ?2), 0))");

    query_bind_text(&q, job_id);
    query_bind_text(&q, lecture_id);
    query_bind_int(&q, now_ms);
    return query_run(&q);
}

/* A source in quarantine is not decoded again: its job ends as the one before did. */
static int end_if_quarantined(struct db *db, const char *job_id, const char *lecture_id,
                              int64_t now_ms)
{
    bool holds = false;

    const int err = quarantine_holds(db, lecture_id, &holds);
    if (err || !holds)
        return err;
    return job_row_end(db, job_id, JOB_FAILED, FAILURE_SOURCE_CRASHES, now_ms);
}

int job_store_create(struct db *db, const char *job_id, const char *lecture_id, int64_t now_ms)
{
    CLEANUP(db_rollback) struct db *open = NULL;

    if (!id_is_valid(slice_from(job_id)))
        return ERR_INVALID;
    int err = db_begin(db, &open);
    if (!err)
        err = add_job(db, job_id, lecture_id, now_ms);
    if (!err)
        err = job_row_add_task(db, job_id, TASK_PLAN, 0);
    if (!err)
        err = end_if_quarantined(db, job_id, lecture_id, now_ms);
    return err ? err : db_commit(&open);
}

/* After an update that its own condition kept from changing anything: why. */
static int why_unchanged(struct db *db, const char *job_id)
{
    struct job job;

    const int err = job_store_find(db, job_id, &job);
    return err ? err : ERR_CONFLICT;
}

int job_store_cancel(struct db *db, const char *job_id, int64_t now_ms)
{
    CLEANUP(db_rollback) struct db *open = NULL;

    int err = db_begin(db, &open);
    if (!err)
        err = job_row_end(db, job_id, JOB_CANCELLED, FAILURE_CANCELLED, now_ms);
    if (err == ERR_NOT_FOUND)
        err = why_unchanged(db, job_id);
    return err ? err : db_commit(&open);
}

static int delete_tasks_and_parts(struct db *db, const char *job_id)
{
    CLEANUP(query_end) struct query tasks = query_start(db, "DELETE FROM tasks WHERE job_id = ?");
    CLEANUP(query_end) struct query parts = query_start(db, "DELETE FROM parts WHERE job_id = ?");

    query_bind_text(&tasks, job_id);
    query_bind_text(&parts, job_id);
    const int err = query_run(&tasks);
    return err ? err : query_run(&parts);
}

/* last_epoch stays: a worker that still has a task of the old attempt is told apart for good. */
static int reset_job(struct db *db, const char *job_id)
{
    CLEANUP(query_end)
    struct query q = query_start(
        db, "UPDATE jobs SET state = 'queued', stage = 'plan', progress_permille = 0,"
            " speed_permille = 0, eta_s = NULL, n_chunks = 0, n_sounds = 0, failure_code = '', "
            "failure_detail = '',"
            " warnings = '[]', attempts_by_hand = attempts_by_hand + 1, started_at_ms = NULL,"
            " finished_at_ms = NULL, is_playable = 0"
            " WHERE id = ? AND state IN ('failed', 'cancelled')");

    query_bind_text(&q, job_id);
    const int err = query_run_found(&q);
    return err == ERR_NOT_FOUND ? why_unchanged(db, job_id) : err;
}

/* One that is ready keeps showing its package meanwhile. */
static int requeue_lecture(struct db *db, const char *job_id, int64_t now_ms)
{
    struct lecture lecture;

    const int err = job_row_find_lecture(db, job_id, &lecture);
    if (err || lecture.state != LECTURE_FAILED)
        return err;
    return lecture_state_retried(db, lecture.id, now_ms);
}

/* However the job itself ended: its source may have been found out in another one since. */
static int release_source(struct db *db, const char *job_id, bool may_release)
{
    bool holds = false;
    struct job job;

    if (may_release)
        return quarantine_release(db, job_id);
    int err = job_store_find(db, job_id, &job);
    if (!err)
        err = quarantine_holds(db, job.lecture_id, &holds);
    return !err && holds ? ERR_CONFLICT : err;
}

int job_store_retry(struct db *db, const char *job_id, bool may_release, int64_t now_ms)
{
    CLEANUP(db_rollback) struct db *open = NULL;

    int err = db_begin(db, &open);
    if (!err)
        err = reset_job(db, job_id);
    if (!err)
        err = release_source(db, job_id, may_release);
    if (!err)
        err = delete_tasks_and_parts(db, job_id);
    if (!err)
        err = job_row_add_task(db, job_id, TASK_PLAN, 0);
    if (!err)
        err = requeue_lecture(db, job_id, now_ms);
    return err ? err : db_commit(&open);
}

int job_store_count_failed(struct db *db, int64_t *ret_n)
{
    CLEANUP(query_end)
    struct query q = query_start(db, "SELECT count(*) FROM jobs WHERE state = 'failed'");

    return query_number(&q, ret_n);
}

int job_store_count_failed_by(struct db *db, int64_t counts[N_FAILURES])
{
    CLEANUP(query_end)
    struct query q = query_start(db, "SELECT failure_code, count(*) FROM jobs"
                                     " WHERE state = 'failed' GROUP BY failure_code");
    int err;

    memset(counts, 0, N_FAILURES * sizeof counts[0]);
    while ((err = query_next(&q)) == 0) {
        const enum failure failure = failure_from_code(query_read_slice(&q));
        counts[failure] += query_read_int(&q);
    }
    return err == ERR_NOT_FOUND ? 0 : err;
}
