// SPDX-License-Identifier: GPL-3.0-or-later
/* migration.h - one step from a version of the tables to the next: all of it or nothing, whatever
 * happens meanwhile.
 *
 * A migration says everything that it changes. While it runs no foreign key is enforced and no
 * trigger fires, so a table can be made anew (create, copy, drop, rename) without the cascades that
 * would empty the tables that refer to it; its own indices and triggers go with it, and are to be
 * made again. Before the commit every reference in the database is
 * looked up: a row that refers to nothing undoes the migration. */
#ifndef STORAGE_SQLITE_MIGRATION_H
#define STORAGE_SQLITE_MIGRATION_H

#include <stdint.h>

struct db;

struct migration {
    const char *name; /* "007_position_order.sql", for messages */
    const char *sql;
    int (*step)(struct db *db); /* what SQL cannot do, after it; NULL for nothing. Returns 0, or a
                                   failure as db.h says: then nothing of the migration is kept */
};

/* Takes the database, with no transaction open, to `version`, in one transaction. Returns 0,
 * ERR_CONFLICT when rows would refer to nothing, or a failure as db.h says; db_failure names the
 * migration, and the tables. Nothing has changed then. */
int migration_run(struct db *db, const struct migration *migration, int64_t version);

#endif
