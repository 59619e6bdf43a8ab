// SPDX-License-Identifier: GPL-3.0-or-later
/* quarantine.h - sources that killed the decoder JOB_TASK_MAX_CRASHES times: they are not decoded
 * again, in whatever lecture they come, until the admin starts such a lecture's job anew
 * (job_store_retry). Nothing is stored for it: a source is in quarantine as long as a job that
 * failed with FAILURE_SOURCE_CRASHES used it, and its file is kept as long as that lecture is. */
#ifndef STORAGE_QUARANTINE_H
#define STORAGE_QUARANTINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "storage/lecture_store.h"
#include "storage/list_page.h"
#include "storage/task.h"
#include "storage/user_store.h"

struct db;

struct quarantined {
    char lecture_id[ID_SIZE];
    char title[LECTURE_TITLE_SIZE];
    char filename[LECTURE_FILENAME_SIZE];
    char owner[USER_LOGIN_SIZE];
    char source_sha256[SHA256_HEX_SIZE]; /* the file is the media store's of that name */
    int64_t source_bytes;
    enum task_kind stage; /* that it crashed in */
    int64_t failed_at_ms;
};

/* Whether the source of this lecture is in quarantine. Returns 0, also for an unknown lecture. */
int quarantine_holds(struct db *db, const char *lecture_id, bool *ret_holds);

/* For the admin: the lectures with such a source, latest first, and one more than the page's limit
 * when there is a next page. Key: number (failed_at_ms), text (source_sha256), id (lecture_id). The
 * array is in the arena. */
int quarantine_list(struct db *db, const struct list_page *page, struct arena *arena,
                    struct quarantined **ret_entries, size_t *ret_n);

#endif
