// SPDX-License-Identifier: GPL-3.0-or-later
/* job_store.h - the making of packages: jobs, their tasks, and who may still report on them.
 *
 * A job is planned, then its sound and its chunks are encoded in parallel, then the parts are
 * joined. SQLite knows the truth; Redis only carries it (task_stream.h), so that a flushed Redis
 * costs nothing but time. Every issue of a task takes the job's next epoch. A worker's report names
 * the epoch and is refused with ERR_CONFLICT when the task is not active (queued or running) or its
 * epoch is another: a worker that was thought dead cannot harm its successor. A report that is
 * delivered twice counts once. The caller acknowledges refused reports like the others.
 *
 * A job always ends: DONE, FAILED with a code, or CANCELLED. db.h says what all stores have in
 * common; job_task.h has what workers report. */
#ifndef STORAGE_JOBS_JOB_STORE_H
#define STORAGE_JOBS_JOB_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/package/failure.h"
#include "storage/jobs/job.h"
#include "storage/jobs/lecture_store.h"

struct db;

/* Adds a queued job with its plan's task for a lecture. upload_store_finish does; tools that make a
 * lecture anew may. With a source in quarantine (quarantine.h) job and lecture are FAILED from the
 * start. Returns 0, ERR_EXISTS for a taken id, ERR_CONFLICT for an unknown lecture. */
int job_store_create(struct db *db, const char *job_id, const char *lecture_id, int64_t now_ms);

/* Return 0 or ERR_NOT_FOUND. By lecture: its latest job. */
int job_store_find(struct db *db, const char *job_id, struct job *ret_job);
int job_store_find_by_lecture(struct db *db, const char *lecture_id, struct job *ret_job);

/* Jobs queued or running, oldest first, at most `limit` (>= 1). The array is in the arena. */
int job_store_list_active(struct db *db, size_t limit, struct arena *arena, struct job **ret_jobs,
                          size_t *ret_n);

/* For the load view: jobs that FAILED, ever. */
int job_store_count_failed(struct db *db, int64_t *ret_n);

/* The same by what they failed with; a code that is not known counts as FAILURE_INTERNAL. */
int job_store_count_failed_by(struct db *db, int64_t counts[N_FAILURES]);

/* The numbers of finished parts of a kind (TASK_SOUND or TASK_CHUNK), ascending; their index files
 * are in the package's folder. The array is in the arena. */
int job_store_list_parts(struct db *db, const char *job_id, enum task_kind kind,
                         struct arena *arena, int64_t **ret_numbers, size_t *ret_n);

/* The index of the job's growing package has something of every kind now: learners may begin. Holds
 * until the job is started over. Returns 0 or ERR_NOT_FOUND. */
int job_store_set_playable(struct db *db, const char *job_id);

/* What a job's failure is about, for its sentence (failure_names_detail). Plain UTF-8, shorter than
 * WARNING_DETAIL_SIZE. Returns 0 or ERR_NOT_FOUND. */
int job_store_set_failure_detail(struct db *db, const char *job_id, const char *detail);

/* The job's plan leaves the sound of a picture out from now on. Returns 0 or ERR_NOT_FOUND. */
int job_store_leave_sound_out(struct db *db, const char *job_id);

/* Ends a job that has not ended: it becomes CANCELLED, its lecture FAILED. Workers of its
 * active tasks are fenced off when they report next.
 * Returns 0, ERR_NOT_FOUND, or ERR_CONFLICT when it has ended. */
int job_store_cancel(struct db *db, const char *job_id, int64_t now_ms);

/* Starts a FAILED or CANCELLED job over, from its plan: everything that is on disk is found there
 * and kept, so only what is missing costs time. Its lecture becomes QUEUED.
 * One whose source is in quarantine is only started over when the caller may release it, which is
 * the admin's to do.
 * Returns 0, ERR_NOT_FOUND, or ERR_CONFLICT when it has not failed, or may not be. */
int job_store_retry(struct db *db, const char *job_id, bool may_release, int64_t now_ms);

#endif
