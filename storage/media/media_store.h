// SPDX-License-Identifier: GPL-3.0-or-later
/* media_store.h - files: where they are, and how they become what they are to be. Names are ids
 * and hashes, never text that a user gave.
 *
 *     DATA/uploads/ID                     bytes received so far (upload_file.h)
 *     DATA/media/                         the media root: what workers on other hosts mount
 *         sources/AA/SHA256               complete files by their content
 *         jobs/JOB/                       the plan, while there is no package id
 *         packages/PACKAGE/               parts, then renditions; never changes when complete
 *
 * Everything is made out of sight and then given its name, and names are made durable, so that a
 * crash leaves a thing whole or absent. All functions are safe for all threads, and block. */
#ifndef STORAGE_MEDIA_MEDIA_STORE_H
#define STORAGE_MEDIA_MEDIA_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "common/digest.h"
#include "common/id.h"
#include "common/package/package.h"
#include "common/slice.h"
#include "storage/media/media_folder.h"

struct media_store; /* opaque */

/* Opens the folders below data_dir, and makes them. floor_bytes: free space that uploads must
 * leave. Returns 0 and a store that media_store_free() ends, ERR_IO, ERR_NO_SPACE, ERR_DENIED,
 * ERR_NO_MEMORY. */
int media_store_open(const char *data_dir, uint64_t floor_bytes, struct media_store **ret_store);

/* The same for a media root alone, for workers on other hosts: no uploads, no floor. */
int media_store_open_root(const char *media_root, struct media_store **ret_store);

/* NULL is allowed. */
void media_store_free(struct media_store *store);
DEFINE_CLEANUP(media_store_free, struct media_store *)

/* Paths relative to the media root. ids and hashes are valid (id_is_valid; 64 hex digits). */
void media_path_source(const char *source_sha256, char path[MEDIA_PATH_SIZE]);
void media_path_job(const char *job_id, char path[MEDIA_PATH_SIZE]);
void media_path_package(const char *package_id, char path[MEDIA_PATH_SIZE]);

/* The media root as an absolute path, and as a descriptor for the *at() family. Borrowed. */
const char *media_store_root(const struct media_store *store);
int media_store_root_fd(const struct media_store *store);

/* The upload folder's descriptor, for upload_file.h. Borrowed; -1 without uploads. */
int media_store_uploads_fd(const struct media_store *store);

/* Whether need_bytes more would leave the floor free, where uploads and where media are.
 * Returns 0, ERR_NO_SPACE, or ERR_IO. */
int media_store_check_space(const struct media_store *store, uint64_t need_bytes);

/* Free bytes above the floor; 0 when there are none. */
int media_store_free_bytes(const struct media_store *store, uint64_t *ret_bytes);

/* Free bytes at all, where uploads or where media are: the lesser of both. */
int media_store_all_free_bytes(const struct media_store *store, uint64_t *ret_bytes);

/* Whether a task may write into the store: to begin one needs more room above the floor than to go
 * on, so that work does not stop and start all the time. True when it cannot be told. floor_bytes
 * is the core's, also on workers' hosts. */
bool media_store_has_room(const struct media_store *store, uint64_t floor_bytes, bool is_begun);

/* The room that beginning needs above the floor. Pure. */
uint64_t media_store_room_bytes(uint64_t floor_bytes);

/* The floor that the store was opened with. */
uint64_t media_store_floor_bytes(const struct media_store *store);

/* Makes a complete upload file a source, durably; a source with the same content is kept. The
 * upload file stays, so that this can be done again after a crash: remove it once the database
 * knows the source (upload_store_finish, then upload_file_remove). source_sha256 is the content's
 * (upload_file_hash). Returns 0, ERR_NOT_FOUND for no upload file, ERR_NO_SPACE, ERR_IO. */
int media_store_adopt_source(struct media_store *store, const char *upload_id,
                             const char *source_sha256);

/* Makes the job's folder; fine when it is there. */
int media_store_make_job_dir(struct media_store *store, const char *job_id);

/* Gives a planned job's files their place in the package's folder, durably: a folder that is there
 * already keeps its files. The job's folder stays until it is removed, so that this can be done
 * again after a crash. Returns 0, ERR_NOT_FOUND when there is no job folder, ERR_NO_SPACE, ERR_IO.
 */
int media_store_make_package(struct media_store *store, const char *job_id, const char *package_id);

/* Fine when it is not there. */
int media_store_remove_job_dir(struct media_store *store, const char *job_id);

/* Removes a thing, durably: for sweep.h alone, which knows that it may. Returns 0, also when it is
 * not there; ERR_AGAIN for a thing that was touched a short time ago on its way to a row (adopted,
 * made); ERR_CONFLICT for one that changed after before_ms (wall time). */
int media_store_remove(struct media_store *store, enum media_folder folder, const char *name,
                       int64_t before_ms);

/* When a thing changed last, by the wall clock of then. ERR_NOT_FOUND when it is not there. */
int media_store_changed_at(struct media_store *store, enum media_folder folder, const char *name,
                           int64_t *ret_changed_ms);

/* Counts what is in a folder and unknown, also by the form of its name, and removes the temporary
 * files that crashes left. *ret_unknown is added to. */
int media_store_count_unknown(struct media_store *store, enum media_folder folder,
                              media_store_knows_fn *knows, void *arg,
                              struct media_unknown *ret_unknown);

#endif
