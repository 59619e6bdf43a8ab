// SPDX-License-Identifier: GPL-3.0-or-later
/* lecture_store.h - what learners open. A lecture's row is made with its upload (upload_store.h)
 * and carries the upload's id; its job (job_store.h) makes it ready. db.h says what all stores
 * have in common. */
#ifndef STORAGE_JOBS_LECTURE_STORE_H
#define STORAGE_JOBS_LECTURE_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/digest.h"
#include "common/id.h"
#include "common/package/package.h"
#include "common/slice.h"
#include "storage/jobs/title.h"

struct db;

/* lecture_state.h draws the way between them. */
enum lecture_state {
    LECTURE_UPLOADING,
    LECTURE_QUEUED,
    LECTURE_PROCESSING, /* may be watched as far as parts are there */
    LECTURE_READY,
    LECTURE_FAILED,
    N_LECTURE_STATES
};

enum {
    LECTURE_TITLE_SIZE = TITLE_SIZE,
    LECTURE_FILENAME_SIZE = 256,
    SHA256_HEX_SIZE = 2 * SHA256_BYTES + 1,
};

struct lecture {
    char id[ID_SIZE];
    char course_id[ID_SIZE]; /* "" for none */
    int64_t position;        /* in its course, from 1; order of arrival */
    char title[LECTURE_TITLE_SIZE];
    char owner_id[ID_SIZE];
    enum lecture_state state;
    char source_sha256[SHA256_HEX_SIZE]; /* "" until the upload is finished */
    int64_t source_bytes;
    char filename[LECTURE_FILENAME_SIZE]; /* for people; never a path; may be "" */
    int64_t duration_us;                  /* 0 until planned */
    char package_id[PACKAGE_ID_SIZE];     /* "" until planned; growing until READY */
    int64_t created_at_ms;
    int64_t updated_at_ms;
};

/* "uploading", "queued", "processing", "ready", "failed": in the API and in the table. */
const char *lecture_state_name(enum lecture_state state);

/* Returns 0 or ERR_NOT_FOUND. */
int lecture_store_find(struct db *db, const char *id, struct lecture *ret_lecture);

/* Whether some lecture shows the package to learners: READY, or PROCESSING and growing. Returns 0
 * or ERR_NOT_FOUND. */
int lecture_store_shows_package(struct db *db, const char *package_id);

/* All lectures from the newest, for the server itself (catalogue_store.h lists them for people).
 * `before` pages: only lectures older than the one with this id, "" for the newest; `limit` is at
 * least 1. The array is in the arena. */
int lecture_store_list(struct db *db, const char *before, size_t limit, struct arena *arena,
                       struct lecture **ret_lectures, size_t *ret_n);

/* The title must please title_check. Returns 0 or ERR_NOT_FOUND. */
int lecture_store_set_title(struct db *db, const char *id, struct slice title, int64_t now_ms);

/* Deletes the lecture with its upload, jobs and progress; files are swept later (sweep.h). Workers
 * of a job under way are fenced off when they report next.
 * Returns 0 or ERR_NOT_FOUND. */
int lecture_store_delete(struct db *db, const char *id);

#endif
