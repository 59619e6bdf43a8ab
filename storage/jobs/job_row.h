// SPDX-License-Identifier: GPL-3.0-or-later
/* job_row.h - what the files of job_store.h and job_task.h share: rows as structs, and single
 * changes of the tables to be made inside a transaction that the caller has open. */
#ifndef STORAGE_JOBS_JOB_ROW_H
#define STORAGE_JOBS_JOB_ROW_H

#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/package/failure.h"
#include "storage/jobs/job.h"
#include "storage/jobs/lecture_store.h"
#include "storage/sqlite/db_query.h"

/* In the order in which job_row_read_task reads them into a struct task (query_row_fn). */
#define SELECT_TASKS                                                                \
    "SELECT job_id, kind, number, epoch, state, attempts, crashes, lease_until_ms," \
    " progress_permille, worker FROM tasks "

void job_row_read_task(struct query *q, void *row);

/* In the order in which job_row_read reads them into a struct job (query_row_fn). */
#define JOB_COLUMNS                                                                        \
    "jobs.id, jobs.lecture_id, jobs.state, jobs.stage, jobs.progress_permille,"            \
    " jobs.speed_permille, coalesce(jobs.eta_s, -1), jobs.n_chunks, jobs.n_sounds,"        \
    " jobs.duration_us, jobs.package_id, jobs.failure_code, jobs.warnings,"                \
    " jobs.attempts_by_hand, jobs.created_at_ms, jobs.started_at_ms, jobs.finished_at_ms," \
    " jobs.is_playable, jobs.failure_detail"

void job_row_read(struct query *q, void *row);

/* All rows of a query over SELECT_TASKS. The array is in the arena. */
int job_row_read_tasks(struct query *q, struct arena *arena, struct task **ret_tasks,
                       size_t *ret_n);

/* Columns job_id, kind, number, epoch; and state. */
void job_row_read_ref(struct query *q, struct task_ref *ref);
enum task_state job_row_read_task_state(struct query *q);
const char *job_row_task_state_name(enum task_state state);

/* Binds job_id, kind, number. */
void job_row_bind_ref(struct query *q, const struct task_ref *ref);

/* The lecture that a job makes. */
int job_row_find_lecture(struct db *db, const char *job_id, struct lecture *ret_lecture);

/* A new task, to be issued at once. */
int job_row_add_task(struct db *db, const char *job_id, enum task_kind kind, int64_t number);

/* Ends a job badly (JOB_FAILED or JOB_CANCELLED) with its open tasks and its lecture.
 * ERR_NOT_FOUND when there is none that has not ended. */
int job_row_end(struct db *db, const char *job_id, enum job_state state, enum failure failure,
                int64_t now_ms);

/* Makes stage, progress, speed and remaining time of a job agree with its tasks. */
int job_row_refresh(struct db *db, const char *job_id);

#endif
