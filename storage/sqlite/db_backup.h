// SPDX-License-Identifier: GPL-3.0-or-later
/* db_backup.h - copies of the database: consistent, checked, durable, and for their owner alone,
 * while others go on reading and writing. db.h says how all functions may fail. */
#ifndef STORAGE_SQLITE_DB_BACKUP_H
#define STORAGE_SQLITE_DB_BACKUP_H

#include <stdint.h>

struct db;

enum { DB_VERSIONS_KEPT = 2 };

/* Any connection will do. Returns 0, ERR_EXISTS when `path` is there already, or a failure as
 * db.h says: then nothing is left behind. */
int db_backup(struct db *db, const char *path);

/* The copy that is kept when the tables are brought up to date: "PATH.version-N" beside the
 * database in PATH, with the version that the tables have. One of that name is replaced. Of the
 * copies of other versions the newest remain, DB_VERSIONS_KEPT with this one. */
int db_backup_version(struct db *db, int64_t version);

#endif
