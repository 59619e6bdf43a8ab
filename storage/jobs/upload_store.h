// SPDX-License-Identifier: GPL-3.0-or-later
/* upload_store.h - files being received. durable_offset is a promise: that many bytes are on disk,
 * whatever happens. db.h says what all stores have in common.
 *
 *     (none) ──create──▶ receiving ──advance──▶ complete ──finish──▶ (none; lecture QUEUED, job)
 *                         │ advance ↺              │
 *                         └───────delete───────────┴──▶ (none, and no lecture)
 *
 * An upload is complete when its durable offset is its length, by nothing else: no crash can leave
 * the one without the other, and nothing of no bytes is complete from the start.
 *
 * How long an upload has been idle is counted in served time: the milliseconds that servers on this
 * database have run in all. No wall clock is asked, so none that jumps ends an upload, or keeps it.
 * A server that is down does not count either: nobody could have sent a byte then. */
#ifndef STORAGE_JOBS_UPLOAD_STORE_H
#define STORAGE_JOBS_UPLOAD_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/id.h"
#include "storage/jobs/lecture_store.h"

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
    bool without_sound;                  /* of its lecture; for upload_store_create */
    int64_t idle_ms;                     /* served time since the last byte, or the creation */
    int64_t created_at_ms;               /* wall time */
    bool is_complete;                    /* all bytes are durable; not yet stored as a source */
};

/* Makes the upload and its lecture (UPLOADING, last of its course) in one transaction. Of *lecture
 * only title, course_id and filename are read; of *upload id, owner_id, length_bytes (0 to
 * UPLOAD_MAX_BYTES), metadata, without_sound and created_at_ms. Returns 0, ERR_EXISTS for a taken
 * id, ERR_CONFLICT for an unknown owner or course. */
int upload_store_create(struct db *db, const struct upload *upload, const struct lecture *lecture);

/* Returns 0 or ERR_NOT_FOUND. */
int upload_store_find(struct db *db, const char *id, struct upload *ret_upload);

/* The bytes before `offset` are durable now; with the last of them the upload is complete. Returns
 * 0 (also when nothing changes), ERR_NOT_FOUND, ERR_CONFLICT for an offset behind the durable one
 * or beyond the length, or ERR_DENIED when the owner would have more than max_owner_bytes then
 * (upload_store_check_owner_bytes). */
int upload_store_advance(struct db *db, const char *id, int64_t offset, int64_t max_owner_bytes);

/* The file holds fewer bytes than were promised (a disk lost some, or a backup was put back without
 * them): the promise is taken back to what is there, for a client to go on from. Changes an upload
 * that stands at promised_offset still; returns 0 or ERR_NOT_FOUND. */
int upload_store_set_back(struct db *db, const char *id, int64_t promised_offset, int64_t offset);

/* The file is a source now: in one transaction the lecture becomes QUEUED with its source, its job
 * with the plan's task is made under the id job_id (id_new), and the upload's row goes. The
 * upload's file is not needed after that.
 * Returns 0, ERR_NOT_FOUND (finished before, or deleted), or ERR_CONFLICT when it is not complete.
 */
int upload_store_finish(struct db *db, const char *id, const char *source_sha256,
                        const char *job_id, int64_t now_ms);

/* The upload and its lecture go. Returns 0 or ERR_NOT_FOUND. */
int upload_store_delete(struct db *db, const char *id);

/* Uploads that received nothing for more than idle_ms and are not complete, oldest first; and
 * complete ones that upload_store_finish waits for, in turns, first the oldest one of every owner.
 * At most `limit` (>= 1); arrays in the arena. */
int upload_store_list_expired(struct db *db, int64_t idle_ms, size_t limit, struct arena *arena,
                              struct upload **ret_uploads, size_t *ret_n);
int upload_store_list_complete(struct db *db, size_t limit, struct arena *arena,
                               struct upload **ret_uploads, size_t *ret_n);

/* A server has run for so long (>= 0) since it said so last. */
int upload_store_add_served_time(struct db *db, int64_t elapsed_ms);

/* Whether the owner may have more_bytes more. Counted are the bytes that came, not those that were
 * announced: of uploads under way, and of the different sources of the owner's lectures. 0 as
 * max_bytes sets no limit. Returns 0 or ERR_DENIED. */
int upload_store_check_owner_bytes(struct db *db, const char *owner_id, int64_t more_bytes,
                                   int64_t max_bytes);

/* Whether the owner may begin one more upload: has fewer than max_uploads that are not complete.
 * Returns 0 or ERR_TOO_LARGE. */
int upload_store_check_owner_count(struct db *db, const char *owner_id, int64_t max_uploads);

#endif
