// SPDX-License-Identifier: GPL-3.0-or-later
/* upload_receiver.h - a request body on its way to disk.
 *
 * Bytes gather in a bounded buffer on the loop; when it is full, or some seconds after the last
 * time, the body is paused and the disks' threads append and sync; then the database's thread
 * commits the new durable offset; then the body flows again. So memory is constant, the loop never
 * waits for a disk, and what was committed survives anything.
 *
 *     RECEIVING ──full, old, over──▶ STORING ──synced──▶ COMMITTING ──▶ RECEIVING, or over
 *         ▲                             │ not synced          │ deleted, or too much
 *         └─────────────────────────────┘                     └──▶ CLEANING ──▶ over
 *
 * Where a queue is full the step waits, with the body paused. A chunk with a checksum is committed
 * only as a whole, when the checksum is right. */
#ifndef SERVER_FEATURES_UPLOADS_UPLOAD_RECEIVER_H
#define SERVER_FEATURES_UPLOADS_UPLOAD_RECEIVER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "server/features/uploads/tus_headers.h"
#include "storage/jobs/upload_store.h"

struct call;
struct upload_receiver; /* opaque */

enum {
    UPLOAD_BUFFER_BYTES = 256 << 10, /* gathered before the disk is asked */
    UPLOAD_COMMIT_BYTES = 8 << 20,   /* committed at the latest after so much */
    UPLOAD_COMMIT_MS = 5000,         /* or after so long: what a crash may cost a slow uplink */
};

/* How it ended. offset is the durable one in each case.
 *   0                  all of the body is durable
 *   ERR_IO, ERR_TIMEOUT, ERR_INVALID   the body ended early; what came is durable
 *   ERR_CANCELLED      somebody else wants the upload; what came is durable
 *   ERR_CORRUPT        the checksum is wrong; nothing of the body was kept
 *   ERR_TOO_LARGE      more bytes than the upload has room for
 *   ERR_NOT_FOUND      the upload was deleted meanwhile; its file is gone, too
 *   ERR_DENIED         the owner would have more bytes than max_owner_bytes
 *   ERR_CONFLICT       the disk holds less than was promised; offset says how much
 *   ERR_NO_SPACE       the disk's floor was reached; what came before is durable
 *   ERR_UNAVAILABLE, …   storing failed */
typedef void upload_received_fn(void *arg, int err, int64_t offset);

/* Receives the body of call->x into the upload, from its durable offset on. is_wanted (borrowed)
 * says when to let go early. checksum may be NULL. max_owner_bytes: what the upload's owner may
 * have in all, 0 for no limit. Copies *upload and *checksum. Returns 0, and ends with on_done, from
 * the loop, never inside a call of the engine's or this one; the exchange is the caller's to answer
 * then, at once. Or ERR_NO_MEMORY, and on_done is not called. */
int upload_receive(struct call *call, const struct upload *upload,
                   const struct tus_checksum *checksum, int64_t max_owner_bytes,
                   const atomic_bool *is_wanted, upload_received_fn *on_done, void *arg);

#endif
