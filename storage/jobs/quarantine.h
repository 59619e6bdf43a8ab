// SPDX-License-Identifier: GPL-3.0-or-later
/* quarantine.h - sources that killed the decoder JOB_MAX_CRASHES times: they are not decoded again,
 * in whatever lecture they come, until the admin starts such a lecture's job anew
 * (job_store_retry).
 *
 * Crashes are counted by the source's content, whichever task, job or lecture they happened in, and
 * the count outlives all of these. Nobody but the admin's retry takes it back: not a job that went
 * well afterwards, not a new version of the transcoder. */
#ifndef STORAGE_JOBS_QUARANTINE_H
#define STORAGE_JOBS_QUARANTINE_H

#include <stdbool.h>
#include <stdint.h>

#include "storage/jobs/lecture_store.h"
#include "storage/jobs/task.h"

struct db;

/* Whether the source of this lecture is in quarantine. Returns 0, also for an unknown lecture. */
int quarantine_holds(struct db *db, const char *lecture_id, bool *ret_holds);

/* Counts a crash in this job. When it was one too many, all jobs with the same source that have not
 * ended are ended: *ret_holds. To be called in the transaction in which the task fails. */
int quarantine_count_crash(struct db *db, const char *job_id, enum task_kind stage, int64_t now_ms,
                           bool *ret_holds);

/* Forgets the crashes of this job's source. */
int quarantine_release(struct db *db, const char *job_id);

#endif
