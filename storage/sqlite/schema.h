// SPDX-License-Identifier: GPL-3.0-or-later
/* schema.h - the tables, as numbered migrations: migrations/NNN_name.sql, which become a part of
 * the program. Migration n takes a database of version n - 1 (PRAGMA user_version) to version n. A
 * migration that was released never changes; the next one goes behind it. Columns are the same
 * snake_case words as the C fields and the JSON members. */
#ifndef STORAGE_SQLITE_SCHEMA_H
#define STORAGE_SQLITE_SCHEMA_H

#include <stdint.h>

#include "common/embedded_text.h"

struct db;

/* The migrations in the order of their numbers, ended by a NULL name. */
extern const struct embedded_text schema_migrations[];

/* Brings the tables up to date: a copy of the database is kept beside it first (db_backup_version),
 * then each migration runs (migration.h), then what is in the tables is trusted (schema_trust.h).
 * Returns 0, ERR_UNSUPPORTED for a database of a newer version or of another program, or a failure
 * as those headers say. After a failure the database has one of the versions between, whole. */
int schema_migrate(struct db *db);

/* Returns 0 when the tables are exactly those that this program knows and their triggers are ours
 * (schema_trust.h), ERR_UNSUPPORTED for another version. */
int schema_check(struct db *db);

/* Commits something that changes nothing: whether the database can be written at all. */
int schema_probe_write(struct db *db);

/* The version that this program makes. */
int64_t schema_version(void);

#endif
