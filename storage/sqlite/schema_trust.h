// SPDX-License-Identifier: GPL-3.0-or-later
/* schema_trust.h - what in a database runs by itself: triggers, views and virtual tables. A file
 * may have been tampered with, so only those take part that are word for word in a migration.
 * Even they cannot write into a virtual table (SQLITE_DBCONFIG_TRUSTED_SCHEMA stays off): the store
 * that changes a row brings its full-text index up to date, in the same transaction. */
#ifndef STORAGE_SQLITE_SCHEMA_TRUST_H
#define STORAGE_SQLITE_SCHEMA_TRUST_H

struct db;
struct embedded_text;

/* For a database that has just been opened: lets its triggers fire and its views be read, once each
 * of them, and each virtual table, is found in one of the migrations (ended by a NULL name).
 * Returns 0, ERR_CORRUPT for one that is not, with its name as db_failure, or a failure as db.h
 * says. */
int schema_trust(struct db *db, const struct embedded_text *migrations);

#endif
