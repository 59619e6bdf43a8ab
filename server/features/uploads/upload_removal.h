// SPDX-License-Identifier: GPL-3.0-or-later
/* upload_removal.h - takes an upload away, or a lecture that may still be one: whoever receives its
 * bytes lets go first (upload_registry.h), then its rows go, then its file. A crash between the two
 * leaves a note of the file (deleted_media.h). */
#ifndef SERVER_FEATURES_UPLOADS_UPLOAD_REMOVAL_H
#define SERVER_FEATURES_UPLOADS_UPLOAD_REMOVAL_H

struct call;
struct db;

/* Deletes the rows; on the database's thread. Returns 0, ERR_NOT_FOUND, or a failure. */
typedef int upload_delete_rows_fn(struct db *db, const char *id);

/* On the loop: 0 when the rows are gone, else why not. Answers the exchange. */
typedef void upload_removed_fn(struct call *call, const char *id, int err);

/* Removes the upload that params[0] names, an id that was judged. action: in the audit. Takes the
 * exchange over. */
void upload_removal_start(struct call *call, const char *action, upload_delete_rows_fn *rows_fn,
                          upload_removed_fn *on_removed);

#endif
