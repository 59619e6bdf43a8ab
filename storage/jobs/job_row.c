// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/jobs/job_row.h"

#include "common/err.h"
#include "storage/jobs/lecture_row.h"
#include "storage/jobs/lecture_state.h"
#include "storage/media/deleted_media.h"
#include "storage/sqlite/rows.h"

static const char *const JOB_STATE_NAMES[N_JOB_STATES] = {
    [JOB_QUEUED] = "queued", [JOB_RUNNING] = "running",     [JOB_DONE] = "done",
    [JOB_FAILED] = "failed", [JOB_CANCELLED] = "cancelled",
};

const char *job_state_name(enum job_state state)
{
    return JOB_STATE_NAMES[state];
}

static const char *const TASK_STATE_NAMES[N_TASK_STATES] = {
    [TASK_WAITING] = "waiting", [TASK_QUEUED] = "queued", [TASK_RUNNING] = "running",
    [TASK_DONE] = "done",       [TASK_FAILED] = "failed",
};

enum task_state job_row_read_task_state(struct query *q)
{
    return (enum task_state)query_read_name(q, TASK_STATE_NAMES, N_TASK_STATES);
}

const char *job_row_task_state_name(enum task_state state)
{
    return TASK_STATE_NAMES[state];
}

void job_row_read_ref(struct query *q, struct task_ref *ref)
{
    query_read_text(q, ref->job_id, sizeof ref->job_id);
    if (task_kind_from_name(query_read_slice(q), &ref->kind) && !q->err)
        q->err = ERR_CORRUPT;
    ref->number = query_read_int(q);
    ref->epoch = query_read_int(q);
}

void job_row_bind_ref(struct query *q, const struct task_ref *ref)
{
    query_bind_text(q, ref->job_id);
    query_bind_text(q, task_kind_name(ref->kind));
    query_bind_int(q, ref->number);
}

void job_row_read_task(struct query *q, void *row)
{
    struct task *task = row;

    job_row_read_ref(q, &task->ref);
    task->state = job_row_read_task_state(q);
    task->attempts = query_read_int(q);
    task->crashes = query_read_int(q);
    task->lease_until_ms = query_read_int(q);
    task->progress_permille = query_read_int(q);
    query_read_text(q, task->worker, sizeof task->worker);
}

static void read_stage(struct query *q, enum task_kind *stage)
{
    if (task_kind_from_name(query_read_slice(q), stage) && !q->err)
        q->err = ERR_CORRUPT;
}

static void read_failure(struct query *q, enum failure *failure)
{
    const struct slice code = query_read_slice(q);

    *failure = code.length == 0 ? FAILURE_NONE : failure_from_code(code);
}

void job_row_read(struct query *q, void *row)
{
    struct job *job = row;

    query_read_text(q, job->id, sizeof job->id);
    query_read_text(q, job->lecture_id, sizeof job->lecture_id);
    job->state = (enum job_state)query_read_name(q, JOB_STATE_NAMES, N_JOB_STATES);
    read_stage(q, &job->stage);
    job->progress_permille = query_read_int(q);
    job->speed_permille = query_read_int(q);
    job->eta_s = query_read_int(q);
    job->n_chunks = query_read_int(q);
    job->n_sounds = query_read_int(q);
    job->duration_us = query_read_int(q);
    query_read_text(q, job->package_id, sizeof job->package_id);
    read_failure(q, &job->failure);
    query_read_text(q, job->warnings, sizeof job->warnings);
    job->attempts_by_hand = query_read_int(q);
    job->created_at_ms = query_read_int(q);
    job->started_at_ms = query_read_int(q);
    job->finished_at_ms = query_read_int(q);
    job->is_playable = query_read_int(q) != 0;
    query_read_text(q, job->failure_detail, sizeof job->failure_detail);
}

int job_row_read_tasks(struct query *q, struct arena *arena, struct task **ret_tasks, size_t *ret_n)
{
    return query_list(q, job_row_read_task, sizeof(struct task), arena, ret_tasks, ret_n);
}

int job_row_add_task(struct db *db, const char *job_id, enum task_kind kind, int64_t number)
{
    CLEANUP(query_end)
    struct query q =
        query_start(db, "INSERT INTO tasks (job_id, kind, number, state, epoch, attempts, crashes,"
                        " not_before_ms, worker, progress_permille, speed_permille)"
                        " VALUES (?, ?, ?, 'waiting', 0, 0, 0, 0, '', 0, 0)");

    query_bind_text(&q, job_id);
    query_bind_text(&q, task_kind_name(kind));
    query_bind_int(&q, number);
    return query_run(&q);
}

static int end_tasks(struct db *db, const char *job_id)
{
    CLEANUP(query_end)
    struct query q = query_start(db, "UPDATE tasks SET state = 'failed', lease_until_ms = NULL"
                                     " WHERE job_id = ? AND state <> 'done'");

    query_bind_text(&q, job_id);
    return query_run(&q);
}

int job_row_find_lecture(struct db *db, const char *job_id, struct lecture *ret_lecture)
{
    CLEANUP(query_end)
    struct query q = query_start(db, "SELECT " LECTURE_COLUMNS " FROM jobs JOIN lectures"
                                     " ON lectures.id = lecture_id WHERE jobs.id = ?");

    query_bind_text(&q, job_id);
    return query_one(&q, lecture_row_read, ret_lecture, sizeof *ret_lecture);
}

/* Only a lecture that waits for this job fails with it: one that is ready has a package already. */
static int end_lecture(struct db *db, const char *job_id, int64_t now_ms)
{
    struct lecture lecture;

    const int err = job_row_find_lecture(db, job_id, &lecture);
    if (err || (lecture.state != LECTURE_QUEUED && lecture.state != LECTURE_PROCESSING))
        return err;
    return lecture_state_failed(db, lecture.id, now_ms);
}

int job_row_end(struct db *db, const char *job_id, enum job_state state, enum failure failure,
                int64_t now_ms)
{
    CLEANUP(query_end)
    struct query q =
        query_start(db,
                    "UPDATE jobs SET state = ?, failure_code = ?, finished_at_ms = ?, eta_s = NULL,"
                    " speed_permille = 0 WHERE id = ? AND state IN ('queued', 'running')");

    query_bind_text(&q, job_state_name(state));
    query_bind_text(&q, failure_code(failure));
    query_bind_int(&q, now_ms);
    query_bind_text(&q, job_id);
    int err = query_run_found(&q);
    if (!err)
        err = end_tasks(db, job_id);
    if (!err)
        err = deleted_media_note(db, MEDIA_JOBS, job_id);
    return err ? err : end_lecture(db, job_id, now_ms);
}

/* What the tasks of one kind amount to. */
struct kind_sum {
    int64_t n;
    int64_t n_done;
    int64_t progress_permille; /* of all together, done ones in full */
    int64_t speed_permille;    /* of the running ones together */
};

static int sum_tasks(struct db *db, const char *job_id, struct kind_sum sums[N_TASK_KINDS])
{
    int err;

    CLEANUP(query_end)
    struct query q =
        query_start(db, "SELECT kind, count(*), sum(state = 'done'), sum(progress_permille),"
                        " sum(CASE state WHEN 'running' THEN speed_permille ELSE 0 END)"
                        " FROM tasks WHERE job_id = ? GROUP BY kind");
    query_bind_text(&q, job_id);
    while ((err = query_next(&q)) == 0) {
        enum task_kind kind = TASK_PLAN;
        if (task_kind_from_name(query_read_slice(&q), &kind))
            return ERR_CORRUPT;
        sums[kind].n = query_read_int(&q);
        sums[kind].n_done = query_read_int(&q);
        sums[kind].progress_permille = query_read_int(&q) / sums[kind].n;
        sums[kind].speed_permille = query_read_int(&q);
    }
    return err == ERR_NOT_FOUND ? 0 : err;
}

static enum task_kind find_stage(const struct kind_sum sums[N_TASK_KINDS])
{
    if (sums[TASK_JOIN].n > 0)
        return TASK_JOIN;
    if (sums[TASK_PLAN].n_done == 0)
        return TASK_PLAN;
    return sums[TASK_SOUND].n > sums[TASK_SOUND].n_done ? TASK_SOUND : TASK_CHUNK;
}

/* Where the time goes, roughly: planning and joining take seconds, the picture takes the rest. */
static int64_t weigh_progress(const struct kind_sum sums[N_TASK_KINDS])
{
    static const int64_t weights[N_TASK_KINDS] = {
        [TASK_PLAN] = 20, [TASK_SOUND] = 80, [TASK_CHUNK] = 860, [TASK_JOIN] = 40};
    int64_t done = 0, all = 0;

    for (int i = 0; i < N_TASK_KINDS; i++) {
        const bool is_known = sums[i].n > 0 || i == TASK_JOIN || sums[TASK_PLAN].n_done == 0;
        all += is_known ? weights[i] : 0;
        done += weights[i] * sums[i].progress_permille;
    }
    return done / all;
}

/* The kind whose speed is the job's: the picture, or the sound where there is no picture. */
static const struct kind_sum *find_pace(const struct kind_sum sums[N_TASK_KINDS])
{
    return sums[TASK_CHUNK].n > 0 ? &sums[TASK_CHUNK] : &sums[TASK_SOUND];
}

int job_row_refresh(struct db *db, const char *job_id)
{
    struct kind_sum sums[N_TASK_KINDS] = {0};

    const int err = sum_tasks(db, job_id, sums);
    if (err)
        return err;
    const struct kind_sum *pace = find_pace(sums);
    CLEANUP(query_end)
    struct query q =
        query_start(db,
                    "UPDATE jobs SET stage = ?1, progress_permille = max(progress_permille, ?2),"
                    " speed_permille = ?3, eta_s = CASE WHEN ?3 > 0"
                    " THEN (1000 - ?4) * duration_us / (1000 * ?3) / 1000 END"
                    " WHERE id = ?5 AND state IN ('queued', 'running')");
    query_bind_text(&q, task_kind_name(find_stage(sums)));
    query_bind_int(&q, weigh_progress(sums));
    query_bind_int(&q, pace->speed_permille);
    query_bind_int(&q, pace->progress_permille);
    query_bind_text(&q, job_id);
    return query_run(&q);
}
