// SPDX-License-Identifier: GPL-3.0-or-later
/* upload_store.h - files being received. durable_offset is a promise: that many bytes are on disk,
 * whatever happens. db.h says what all stores have in common.
 *
 *     (none) ──create──▶ receiving ──complete──▶ complete ──finish──▶ (none; lecture QUEUED, job)
 *                         │ advance ↺               │
 *                         └────────delete───────────┴──▶ (none, and no lecture)              */
#ifndef STORAGE_UPLOAD_STORE_H
#define STORAGE_UPLOAD_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/id.h"
#include "storage/lecture_store.h"

struct db;

enum { UPLOAD_METADATA_SIZE = 6145 };

/* Above any disk of ours, and low enough that sums of lengths do not overflow. */
#define UPLOAD_MAX_BYTES (INT64_C(1) << 50)

struct upload {
    char id[ID_SIZE]; /* also its lecture's */
    char owner_id[ID_SIZE];
    int64_t length_bytes;
    int64_t durable_offset;
    char metadata[UPLOAD_METADATA_SIZE]; /* tus Upload-Metadata as it came; printable ASCII */
    int64_t last_byte_at_ms;             /* creation counts as a byte */
    int64_t created_at_ms;
    bool is_complete; /* all bytes are durable; not yet stored as a source */
};

/* Makes the upload and its lecture (UPLOADING, last of its course) in one transaction. Of *lecture
 * only title, course_id and filename are read; of *upload id, owner_id, length_bytes (0 to
 * UPLOAD_MAX_BYTES), metadata and created_at_ms. Returns 0, ERR_EXISTS for a taken id,
 * ERR_CONFLICT for an unknown owner or course. */
int upload_store_create(struct db *db, const struct upload *upload, const struct lecture *lecture);

/* Returns 0 or ERR_NOT_FOUND. */
int upload_store_find(struct db *db, const char *id, struct upload *ret_upload);

/* The bytes before `offset` are durable now. Returns 0 (also when nothing changes), ERR_NOT_FOUND,
 * or ERR_CONFLICT for an offset behind the durable one or beyond the length. */
int upload_store_advance(struct db *db, const char *id, int64_t offset, int64_t now_ms);

/* All bytes are here. Returns 0 (also when it was known), ERR_NOT_FOUND, or ERR_CONFLICT when they
 * are not. */
int upload_store_complete(struct db *db, const char *id);

/* The file is a source now: in one transaction the lecture becomes QUEUED with its source, its job
 * with the plan's task is made under the id job_id (id_new), and the upload's row goes. The
 * upload's file is not needed after that.
 * Returns 0, ERR_NOT_FOUND (finished before, or deleted), or ERR_CONFLICT when it is not complete.
 */
int upload_store_finish(struct db *db, const char *id, const char *source_sha256,
                        const char *job_id, int64_t now_ms);

/* The upload and its lecture go. Returns 0 or ERR_NOT_FOUND. */
int upload_store_delete(struct db *db, const char *id);

/* Uploads that received nothing for idle_ms and are not complete; and complete ones, which a crash
 * left before upload_store_finish. Oldest first, at most `limit` (>= 1); arrays in the arena. */
int upload_store_list_expired(struct db *db, int64_t now_ms, int64_t idle_ms, size_t limit,
                              struct arena *arena, struct upload **ret_uploads, size_t *ret_n);
int upload_store_list_complete(struct db *db, size_t limit, struct arena *arena,
                               struct upload **ret_uploads, size_t *ret_n);

/* Bytes that uploads under way may still bring: what a check of free space must leave room for. */
int upload_store_missing_bytes(struct db *db, int64_t *ret_bytes);

#endif
