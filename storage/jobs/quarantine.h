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
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "storage/jobs/lecture_store.h"
#include "storage/jobs/task.h"
#include "storage/sqlite/list_page.h"

struct db;

enum { QUARANTINE_OWNER_SIZE = 65 };

struct quarantined {
    char lecture_id[ID_SIZE]; /* "" when no failed lecture has the source any more */
    char title[LECTURE_TITLE_SIZE];
    char filename[LECTURE_FILENAME_SIZE];
    char owner[QUARANTINE_OWNER_SIZE];   /* a login */
    char source_sha256[SHA256_HEX_SIZE]; /* the file, if kept, is the media store's so named */
    int64_t source_bytes;
    enum task_kind stage; /* that it crashed in last */
    int64_t failed_at_ms;
};

/* Whether the source of this lecture is in quarantine. Returns 0, also for an unknown lecture. */
int quarantine_holds(struct db *db, const char *lecture_id, bool *ret_holds);

/* For the admin: the failed lectures with such a source, and sources that no such lecture is left
 * of, as they were; latest crash first, and one more than the page's limit when there is a next
 * page. Key: number (failed_at_ms), text (source_sha256), id (lecture_id). The array is in the
 * arena. */
int quarantine_list(struct db *db, const struct list_page *page, struct arena *arena,
                    struct quarantined **ret_entries, size_t *ret_n);

/* Counts a crash in this job. When it was one too many, all jobs with the same source that have not
 * ended are ended: *ret_holds. To be called in the transaction in which the task fails. */
int quarantine_count_crash(struct db *db, const char *job_id, enum task_kind stage, int64_t now_ms,
                           bool *ret_holds);

/* Forgets the crashes of this job's source. */
int quarantine_release(struct db *db, const char *job_id);

#endif
