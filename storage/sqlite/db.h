// SPDX-License-Identifier: GPL-3.0-or-later
/* db.h - a connection to the SQLite database, and transactions on it.
 *
 *     writer    one, in one thread of one process: the only connection that writes and the only one
 *               that checkpoints. Debian 12's SQLite 3.40.1 has a race between two checkpointing
 *               connections that can lose pages: this rule keeps us clear of it. The caller holds
 *               the lock on the data directory. Opens first, closes last.
 *     readers   any number, each used by one thread at a time; read-only, they never checkpoint.
 *
 * A commit is durable when the call returns (WAL, synchronous=FULL). A damaged database is refused,
 * never silently made anew. All functions block: never on an event loop, except short reads there.
 *
 * The stores (user_store.h and its siblings) are functions over a connection. Those that change
 * something need the writer, and each is one transaction; inside a caller's transaction it becomes
 * a part of that: it still happens whole or not at all, and is durable when the outer one commits.
 * Failures that every store function may return, and which headers do not repeat:
 *     ERR_UNAVAILABLE   locked by another process for more than 5 s
 *     ERR_NO_SPACE, ERR_IO, ERR_NO_MEMORY, ERR_CORRUPT
 *     ERR_INVALID       an argument breaks its documented range
 * Nothing has changed then. */
#ifndef STORAGE_SQLITE_DB_H
#define STORAGE_SQLITE_DB_H

#include <stdint.h>

#include "common/cleanup.h"

struct db; /* opaque */

/* Opens, or creates (mode 0600, in an existing directory), checks, and brings the tables up to
 * date, whole migrations only; a copy of what they were is kept beside it (db_backup.h). Returns 0
 * and a connection that db_free() ends, or also
 *   ERR_CORRUPT       the file is damaged or no database: restore a backup, nothing was touched
 *   ERR_UNSUPPORTED   a newer version of this program wrote it, or another program
 *   ERR_CONFLICT      a migration would leave rows that refer to nothing */
int db_open_writer(const char *path, struct db **ret_db);

/* Opens what a writer made. Returns 0 and a connection that db_free() ends, or also ERR_NOT_FOUND
 * when no writer has made it yet, ERR_UNSUPPORTED for another version's schema. */
int db_open_reader(const char *path, struct db **ret_db);

/* What stopped the last opening that failed in this thread, in words for people who run a server.
 */
const char *db_open_failure(void);

/* From now on statements on this connection have limit_ms together: what runs longer, or is begun
 * later, fails with ERR_TIMEOUT. 0: as long as they take, as at first. */
void db_limit_time(struct db *db, uint32_t limit_ms);

/* Rolls back what is open. NULL is allowed. */
void db_free(struct db *db);
DEFINE_CLEANUP(db_free, struct db *)

/* Several changes as one:
 *
 *     CLEANUP(db_rollback) struct db *open = NULL;
 *     int err = db_begin(db, &open);
 *     ... return on failure: the scope's end rolls back ...
 *     return db_commit(&open);
 *
 * Nests: an inner transaction can fail and be rolled back while the outer one goes on.
 * db_commit sets *open to NULL whether it succeeds or not; when it fails, nothing was kept. */
int db_begin(struct db *db, struct db **ret_open);
int db_commit(struct db **open);
void db_rollback(struct db *open);
DEFINE_CLEANUP(db_rollback, struct db *)

/* Gives the disk space of the write-ahead log back, as far as no reader needs it now; writer alone.
 * For when space is short: it costs two syncs. Returns 0, ERR_UNAVAILABLE for readers in the way.
 */
int db_shrink_log(struct db *db);

/* SQLite's words on the last failure, for logs. Valid until the next call on this connection. */
const char *db_failure(const struct db *db);

#endif
