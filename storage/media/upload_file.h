// SPDX-License-Identifier: GPL-3.0-or-later
/* upload_file.h - the bytes of an upload on disk. The database's durable_offset rules: what a file
 * holds beyond it is cut off when it is opened, for after a power cut a file may be longer than its
 * data. One writer at a time; functions block.
 *
 * A failed write or sync ends the descriptor's use (Linux reports a lost page once): close it and
 * open anew from the durable offset. */
#ifndef STORAGE_MEDIA_UPLOAD_FILE_H
#define STORAGE_MEDIA_UPLOAD_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "common/digest.h"

struct media_store;
struct upload_file; /* opaque */

/* Opens the file for going on at durable_offset; creates it for offset 0, durably.
 * Returns 0 and a file that upload_file_free() ends, ERR_CORRUPT when the file is shorter than
 * promised, ERR_NOT_FOUND when it is gone, ERR_NO_SPACE, ERR_IO, ERR_NO_MEMORY. */
int upload_file_open(const struct media_store *store, const char *upload_id, int64_t durable_offset,
                     struct upload_file **ret_file);

/* Closes; what was not synced may be lost. NULL is allowed. */
void upload_file_free(struct upload_file *file);
DEFINE_CLEANUP(upload_file_free, struct upload_file *)

/* Appends. Returns 0, ERR_NO_SPACE or ERR_IO; after a failure the offset is unchanged and only
 * closing is allowed. */
int upload_file_append(struct upload_file *file, const void *data, size_t length);

/* Makes all that was appended durable (fdatasync). */
int upload_file_sync(struct upload_file *file);

/* Cuts back what was appended since `offset` (a chunk whose checksum was wrong). */
int upload_file_truncate(struct upload_file *file, int64_t offset);

/* Where the next byte goes. */
int64_t upload_file_offset(const struct upload_file *file);

/* SHA-256 of a whole file of length_bytes. Returns 0, ERR_CORRUPT when it has another length,
 * ERR_NOT_FOUND, ERR_IO, ERR_NO_MEMORY. */
int upload_file_hash(const struct media_store *store, const char *upload_id, int64_t length_bytes,
                     uint8_t ret_sha256[SHA256_BYTES]);

/* How many bytes there are; none when there is no file. */
int upload_file_size(const struct media_store *store, const char *upload_id, int64_t *ret_bytes);

/* Fine when it is not there. */
int upload_file_remove(const struct media_store *store, const char *upload_id);

#endif
