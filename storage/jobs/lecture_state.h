// SPDX-License-Identifier: GPL-3.0-or-later
/* lecture_state.h - the arrows between the states of a lecture; nothing else writes its state.
 *
 *      received          begun                made
 *     UPLOADING ────▶ QUEUED ────▶ PROCESSING ────▶ READY ──┐ made (anew: a new package is
 *                      ▲  └───────┬──────┘           ▲      │       complete, and shown instead)
 *              retried │          │ failed           └──────┘
 *                      └─────── FAILED
 *
 * A lecture begins UPLOADING (upload_store_create) and can be deleted from every state
 * (lecture_store_delete). Each arrow is to be made part of a transaction that changes its upload or
 * its job too. They return 0, ERR_NOT_FOUND for no such lecture, or ERR_CONFLICT when the arrow
 * does not begin at the state that the lecture has: nothing has changed then, and the caller
 * believes something else than the database. */
#ifndef STORAGE_JOBS_LECTURE_STATE_H
#define STORAGE_JOBS_LECTURE_STATE_H

#include <stdint.h>

struct db;

/* All bytes of the source are stored, under their SHA-256 in hexadecimal. */
int lecture_state_received(struct db *db, const char *id, const char *source_sha256,
                           int64_t source_bytes, int64_t now_ms);

/* A worker has started on its job. */
int lecture_state_begun(struct db *db, const char *id, int64_t now_ms);

/* Its package is complete. */
int lecture_state_made(struct db *db, const char *id, int64_t now_ms);

/* Its job failed or was cancelled. */
int lecture_state_failed(struct db *db, const char *id, int64_t now_ms);

/* Its job was started over. */
int lecture_state_retried(struct db *db, const char *id, int64_t now_ms);

#endif
