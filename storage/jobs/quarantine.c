// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/jobs/quarantine.h"

#include "common/err.h"
#include "common/package/failure.h"
#include "storage/jobs/job.h"
#include "storage/jobs/job_row.h"
#include "storage/sqlite/db.h"
#include "storage/sqlite/rows.h"

#define SOURCE_OF_JOB                                                                       \
    "(SELECT source_sha256 FROM jobs JOIN lectures ON lectures.id = jobs.lecture_id WHERE " \
    "jobs.id = ?)"

int quarantine_holds(struct db *db, const char *lecture_id, bool *ret_holds)
{
    int64_t holds = 0;

    CLEANUP(query_end)
    struct query q =
        query_start(db, "SELECT EXISTS (SELECT 1 FROM quarantine WHERE crashes >= ? AND"
                        " source_sha256 = (SELECT source_sha256 FROM lectures WHERE id = ?))");

    query_bind_int(&q, JOB_MAX_CRASHES);
    query_bind_text(&q, lecture_id);
    const int err = query_number(&q, &holds);
    if (!err)
        *ret_holds = holds != 0;
    return err;
}

/* The count with this one. */
static int add_crash(struct db *db, const char *job_id, enum task_kind stage, int64_t now_ms,
                     int64_t *ret_crashes)
{
    CLEANUP(query_end)
    struct query q = query_start(
        db, "INSERT INTO quarantine (source_sha256, crashes, stage, crashed_at_ms, title,"
            " filename, owner, source_bytes) SELECT source_sha256, 1, ?, ?, title, filename, login,"
            " coalesce(source_bytes, 0) FROM jobs JOIN lectures ON lectures.id = jobs.lecture_id"
            " JOIN users ON users.id = lectures.owner_id WHERE jobs.id = ?"
            " ON CONFLICT (source_sha256) DO UPDATE SET crashes = crashes + 1,"
            " stage = excluded.stage, crashed_at_ms = excluded.crashed_at_ms,"
            " title = excluded.title, filename = excluded.filename, owner = excluded.owner"
            " RETURNING crashes");

    query_bind_text(&q, task_kind_name(stage));
    query_bind_int(&q, now_ms);
    query_bind_text(&q, job_id);
    const int err = query_next(&q);
    if (err)
        return err;
    *ret_crashes = query_read_int(&q);
    return query_run(&q);
}

/* One of the jobs with this job's source that have not ended; ERR_NOT_FOUND when there is none. */
static int find_active_job(struct db *db, const char *job_id, char ret_id[ID_SIZE])
{
    CLEANUP(query_end)
    struct query q =
        query_start(db, "SELECT jobs.id FROM lectures JOIN jobs ON jobs.lecture_id = lectures.id"
                        " WHERE source_sha256 = " SOURCE_OF_JOB
                        " AND jobs.state IN ('queued', 'running')"
                        " LIMIT 1");

    query_bind_text(&q, job_id);
    const int err = query_next(&q);
    if (err)
        return err;
    query_read_text(&q, ret_id, ID_SIZE);
    return q.err;
}

static int end_jobs(struct db *db, const char *job_id, int64_t now_ms)
{
    char id[ID_SIZE];
    int err;

    while ((err = find_active_job(db, job_id, id)) == 0) {
        err = job_row_end(db, id, JOB_FAILED, FAILURE_SOURCE_CRASHES, now_ms);
        if (err)
            return err;
    }
    return err == ERR_NOT_FOUND ? 0 : err;
}

int quarantine_count_crash(struct db *db, const char *job_id, enum task_kind stage, int64_t now_ms,
                           bool *ret_holds)
{
    int64_t crashes = 0;

    const int err = add_crash(db, job_id, stage, now_ms, &crashes);
    if (err)
        return err;
    *ret_holds = crashes >= JOB_MAX_CRASHES;
    return *ret_holds ? end_jobs(db, job_id, now_ms) : 0;
}

int quarantine_release(struct db *db, const char *job_id)
{
    CLEANUP(query_end)
    struct query q = query_start(db, "DELETE FROM quarantine WHERE source_sha256 = " SOURCE_OF_JOB);

    query_bind_text(&q, job_id);
    return query_run(&q);
}
