// SPDX-License-Identifier: GPL-3.0-or-later
/* housekeeper.h - the core's thread that removes what is over: uploads that nobody continued, ended
 * sessions, files that were deleted. It counts the files that the database does not know, and the
 * time that uploads are idle for (upload_store.h). */
#ifndef SERVER_ROLES_HOUSEKEEPER_H
#define SERVER_ROLES_HOUSEKEEPER_H

struct health;
struct housekeeper; /* opaque */
struct media_store;
struct settings;
struct work_pool;

enum {
    HOUSEKEEPER_INTERVAL_MS = 10 * 60 * 1000,
    SERVED_TIME_INTERVAL_MS = 60 * 1000, /* at most so much is not counted when it is killed */
};

/* Copies database_path; borrows the rest. Returns 0 and a housekeeper that housekeeper_stop() ends,
 * or why not. */
int housekeeper_start(const char *database_path, struct media_store *media,
                      struct work_pool *database, const struct settings *settings,
                      struct health *health, struct housekeeper **ret_housekeeper);

/* Finishes the pass under way. NULL is allowed. */
void housekeeper_stop(struct housekeeper *housekeeper);

#endif
