// SPDX-License-Identifier: GPL-3.0-or-later
/* schema.h - the tables, as numbered migrations. Migration n takes a database of version n - 1
 * (PRAGMA user_version) to version n. A migration that was released never changes; the next one
 * goes behind it. Columns are the same snake_case words as the C fields and the JSON members. */
#ifndef STORAGE_SQLITE_SCHEMA_H
#define STORAGE_SQLITE_SCHEMA_H

struct db;

/* Brings the tables up to date, each migration in a transaction. Returns 0, ERR_UNSUPPORTED for a
 * database of a newer version or of another program, or a failure as db.h says. */
int schema_migrate(struct db *db);

/* Returns 0 when the tables are exactly those that this program knows, else ERR_UNSUPPORTED. */
int schema_check(struct db *db);

/* Commits something that changes nothing: whether the database can be written at all. */
int schema_probe_write(struct db *db);

#endif
