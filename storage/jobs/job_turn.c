// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/jobs/job_turn.h"

#include <string.h>

#include "common/err.h"
#include "storage/jobs/job_row.h"
#include "storage/sqlite/arena_list.h"
#include "storage/sqlite/db.h"
#include "storage/sqlite/rows.h"

/* An owner's next task in jobs of that state. A job has either its plan, or sound and chunks, or
 * its join: in falling order of their names sound comes before the chunks. Both indexes are in this
 * order, so that SQLite stops at the first row; what is passed over is jobs that have no task
 * WAITING, of which there are JOB_BEGUN_MAX and those on the stream. */
static const char NEXT_OF_OWNER[] =
    "SELECT tasks.job_id, tasks.kind, tasks.number, tasks.epoch, lectures.id,"
    " lectures.source_sha256, CASE tasks.kind WHEN 'plan' THEN NULL ELSE jobs.package_id END,"
    " jobs.without_sound"
    " FROM jobs INDEXED BY jobs_in_turn"
    " CROSS JOIN tasks INDEXED BY tasks_waiting ON tasks.job_id = jobs.id"
    " CROSS JOIN lectures ON lectures.id = jobs.lecture_id"
    " WHERE jobs.state = ? AND jobs.owner_id = ? AND tasks.state = 'waiting'"
    " AND tasks.not_before_ms <= ?"
    " ORDER BY jobs.created_at_ms, jobs.id, tasks.kind DESC, tasks.number LIMIT 1";

/* Who comes after that owner, of those with jobs that have not ended. */
static const char NEXT_OWNER[] =
    "SELECT * FROM (SELECT owner_id FROM jobs INDEXED BY jobs_in_turn"
    " WHERE state = 'running' AND owner_id > ?1 ORDER BY owner_id LIMIT 1)"
    " UNION ALL SELECT * FROM (SELECT owner_id FROM jobs INDEXED BY jobs_in_turn"
    " WHERE state = 'queued' AND owner_id > ?1 ORDER BY owner_id LIMIT 1) ORDER BY 1 LIMIT 1";

enum { AHEAD_AT_LEAST = 2, AHEAD_AT_MOST = 64 };

size_t job_turn_ahead(int64_t n_running)
{
    const int64_t n = AHEAD_AT_LEAST + n_running / 4;

    return (size_t)(n < AHEAD_AT_MOST ? n : AHEAD_AT_MOST);
}

static void read_issue(struct query *q, void *row)
{
    struct task_issue *issue = row;

    job_row_read_ref(q, &issue->ref);
    query_read_text(q, issue->lecture_id, sizeof issue->lecture_id);
    query_read_text(q, issue->source_sha256, sizeof issue->source_sha256);
    query_read_text(q, issue->package_id, sizeof issue->package_id);
    issue->without_sound = query_read_int(q) != 0;
}

static int find_in_jobs(struct db *db, const char *owner_id, enum job_state state,
                        int64_t steady_ms, struct task_issue *ret_issue)
{
    CLEANUP(query_end) struct query q = query_start(db, NEXT_OF_OWNER);

    query_bind_text(&q, job_state_name(state));
    query_bind_text(&q, owner_id);
    query_bind_int(&q, steady_ms);
    return query_one(&q, read_issue, ret_issue, sizeof *ret_issue);
}

/* ERR_NOT_FOUND when so many have been begun that no other may be. */
static int check_begun(struct db *db, const char *owner_id)
{
    int64_t n = 0;

    CLEANUP(query_end)
    struct query q =
        query_start(db, "SELECT count(*) FROM (SELECT 1 FROM jobs INDEXED BY jobs_in_turn"
                        " WHERE state = 'running' AND owner_id = ? LIMIT ?)");

    query_bind_text(&q, owner_id);
    query_bind_int(&q, JOB_BEGUN_MAX);
    const int err = query_number(&q, &n);
    if (err)
        return err;
    return n < JOB_BEGUN_MAX ? 0 : ERR_NOT_FOUND;
}

/* An owner's next task. ERR_NOT_FOUND when nothing can be done for them now. */
static int find_of_owner(struct db *db, const char *owner_id, int64_t steady_ms,
                         struct task_issue *ret_issue)
{
    int err = find_in_jobs(db, owner_id, JOB_RUNNING, steady_ms, ret_issue);

    if (err == ERR_NOT_FOUND) {
        err = check_begun(db, owner_id);
        if (!err)
            err = find_in_jobs(db, owner_id, JOB_QUEUED, steady_ms, ret_issue);
    }
    return err;
}

static int find_next_owner(struct db *db, struct job_turn *turn)
{
    CLEANUP(query_end) struct query q = query_start(db, NEXT_OWNER);

    query_bind_text(&q, turn->owner_id);
    const int err = query_next(&q);
    if (err)
        return err;
    query_read_text(&q, turn->owner_id, sizeof turn->owner_id);
    return q.err;
}

/* The next task of all: of the first owner after the last one, round in a circle, that has one.
 * ERR_NOT_FOUND when nobody has. */
static int find_next(struct db *db, int64_t steady_ms, struct job_turn *turn,
                     struct task_issue *ret_issue)
{
    const struct job_turn last = *turn;
    bool is_round = false;

    for (;;) {
        int err = find_next_owner(db, turn);
        if (err == ERR_NOT_FOUND && !is_round) {
            turn->owner_id[0] = '\0';
            is_round = true;
            continue;
        }
        if (err || (is_round && strcmp(turn->owner_id, last.owner_id) > 0))
            return err ? err : ERR_NOT_FOUND;
        err = find_of_owner(db, turn->owner_id, steady_ms, ret_issue);
        if (err != ERR_NOT_FOUND)
            return err;
    }
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

int job_turn_issue(struct db *db, size_t max_queued, int64_t steady_ms, struct job_turn *turn,
                   struct arena *arena, struct task_issue **ret_issues, size_t *ret_n)
{
    CLEANUP(db_rollback) struct db *open = NULL;
    struct job_turn next = *turn;
    struct task_issue *issues = NULL;
    int64_t n_queued = 0;
    size_t n = 0;

    int err = db_begin(db, &open);
    if (!err)
        err = job_task_count(db, TASK_QUEUED, &n_queued);
    while (!err && (size_t)n_queued + n < max_queued) {
        issues = arena_list_grow(arena, issues, n, sizeof *issues);
        err = issues ? find_next(db, steady_ms, &next, &issues[n]) : ERR_NO_MEMORY;
        if (!err)
            err = set_queued(db, &issues[n++].ref);
    }
    if (!err || err == ERR_NOT_FOUND)
        err = db_commit(&open);
    if (err)
        return err;
    *turn = next;
    *ret_issues = issues;
    *ret_n = n;
    return 0;
}
