// SPDX-License-Identifier: GPL-3.0-or-later
/* db_file.h - the files that a database consists of; for db.c and db_backup.c alone. */
#ifndef STORAGE_SQLITE_DB_FILE_H
#define STORAGE_SQLITE_DB_FILE_H

#include <limits.h>

/* `path` with a suffix. Returns 0, or ERR_INVALID when that is too long. */
int db_file_beside(const char *path, const char *suffix, char name[PATH_MAX]);

/* An empty file that is its owner's alone. Returns 0 or ERR_EXISTS and its kind. */
int db_file_create(const char *path);

/* Removes a database with what SQLite keeps beside it; fine when it is not there. */
void db_file_remove(const char *path);

/* What was written becomes durable, and which names are in the folder of `path`. */
int db_file_sync(const char *path);
int db_file_sync_parent(const char *path);

#endif
