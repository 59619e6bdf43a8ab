// SPDX-License-Identifier: GPL-3.0-or-later
/* job_task.h - the tasks of jobs: what workers report, or fail to. job_store.h has the model.
 *
 * Reports return 0, also for one that is delivered again and was counted; or ERR_CONFLICT for one
 * that comes too late (see job_store.h): its worker works in vain. Nothing has changed then. Each
 * is one transaction; wrap several in db_begin/db_commit to make them durable with one write. */
#ifndef STORAGE_JOBS_JOB_TASK_H
#define STORAGE_JOBS_JOB_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "storage/jobs/job_store.h"
#include "storage/jobs/task.h"

/* The two clocks that a job has to do with. */
struct job_now {
    int64_t wall_ms;   /* what is stored and shown */
    int64_t steady_ms; /* clock_monotonic_ms, by which leases and pauses are measured: a wall clock
                          that is set ends no lease and holds no task. A process does not know
                          another's: job_task_begin_time */
};

/* To be called by the process that issues tasks before it does anything else: leases and pauses
 * that an earlier one wrote mean nothing by its own clock. All that run get this lease, and what
 * was to wait may be tried at once. */
int job_task_begin_time(struct db *db, int64_t lease_until_ms);

/* All QUEUED tasks go back to WAITING: after a start, and after Redis lost its data. Stores how
 * many. Entries that are still on the stream are void, for the next issue has another epoch. */
int job_task_requeue_queued(struct db *db, int64_t *ret_n);

/* RUNNING tasks of a worker that is known to have stopped go back to WAITING, without counting as
 * an attempt: it was not their fault. Stores how many. */
int job_task_requeue_worker(struct db *db, const char *worker, int64_t *ret_n);

/* The tasks RUNNING in all jobs, to put their fences back after Redis lost its data. The array is
 * in the arena. */
int job_task_list_running(struct db *db, struct arena *arena, struct task **ret_tasks,
                          size_t *ret_n);

/* Tasks that had been issued when their jobs were FAILED, of this job and of all with the same
 * source: to be fenced off after a quarantine. The array is in the arena. */
int job_task_list_stopped(struct db *db, const char *job_id, struct arena *arena,
                          struct task **ret_tasks, size_t *ret_n);

/* A worker took the task. lease_until_ms is steady, now_ms wall time. */
int job_task_started(struct db *db, const struct task_ref *task, const char *worker,
                     int64_t lease_until_ms, int64_t now_ms);

/* The worker lives. Also updates progress, speed and remaining time of the job.
 * progress_permille: 0 to 1000 of this task; speed_permille >= 0 of this task alone. */
int job_task_renew(struct db *db, const struct task_ref *task, int64_t progress_permille,
                   int64_t speed_permille, int64_t lease_until_ms);

struct task_plan {
    int64_t n_chunks; /* 0 to TASK_MAX_NUMBER + 1; 0: sound alone */
    int64_t n_sounds; /* >= 0; one of both is not 0 */
    int64_t duration_us;
    const char *package_id;
};

/* The plan is done, and its folder is in place: the sound's and the chunks' tasks are made. */
int job_task_planned(struct db *db, const struct task_ref *task, const struct task_plan *plan,
                     int64_t now_ms);

/* Files and index of a part are durable in the package's folder. */
int job_task_part_done(struct db *db, const struct task_ref *task, int64_t number);

/* Something is missing from the result, or odd; the instructor is told, of JOB_MAX_WARNINGS. */
int job_task_warned(struct db *db, const struct task_ref *task, const struct warning *warning);

/* The task ended well. After the last sound or chunk the join is made; after the join the job is
 * DONE and its lecture READY. A plan is ended by job_task_planned: without it ERR_CONFLICT. */
int job_task_done(struct db *db, const struct task_ref *task, int64_t now_ms);

/* The task ended badly. It is tried again, after a pause where the failure is retryable
 * (failure_is_retryable), at once where it is_crash, until attempts are used up; else the job is
 * FAILED with this failure. With the crash that puts its source into quarantine (quarantine.h) all
 * jobs of that source are FAILED with FAILURE_SOURCE_CRASHES. */
int job_task_failed(struct db *db, const struct task_ref *task, enum failure failure, bool is_crash,
                    const struct job_now *now);

/* The worker is being stopped, or has no room, and gives the task back: as new, no attempt is
 * counted. not_before_ms: steady; 0 for at once. */
int job_task_released(struct db *db, const struct task_ref *task, int64_t not_before_ms);

/* The stream says that a worker took the task and then nothing came: as an expired lease. */
int job_task_lost(struct db *db, const struct task_ref *task, const struct job_now *now);

/* RUNNING tasks whose lease has ended go back to WAITING, or fail their job with
 * FAILURE_WORKER_LOST. The array (for logs) is in the arena. */
int job_task_expire_leases(struct db *db, const struct job_now *now, struct arena *arena,
                           struct task **ret_tasks, size_t *ret_n);

/* How many tasks are in a state. */
int job_task_count(struct db *db, enum task_state state, int64_t *ret_n);

#endif
