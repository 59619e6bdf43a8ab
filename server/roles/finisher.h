// SPDX-License-Identifier: GPL-3.0-or-later
/* finisher.h - the core's thread that makes complete uploads the sources of jobs: hash, move into
 * the media store, then one transaction (upload_store_finish). Every step can be done again after
 * a crash. Each round looks at all uploads that have their last byte, whoever left them there. */
#ifndef SERVER_ROLES_FINISHER_H
#define SERVER_ROLES_FINISHER_H

struct finisher; /* opaque */
struct media_store;
struct work_pool;

/* Copies database_path; borrows the rest. Returns 0 and a finisher that finisher_stop() ends, or
 * why not. */
int finisher_start(const char *database_path, struct media_store *media, struct work_pool *database,
                   struct finisher **ret_finisher);

/* Finishes the upload under way. NULL is allowed. */
void finisher_stop(struct finisher *finisher);

#endif
