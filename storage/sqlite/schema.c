// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sqlite/schema.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "storage/sqlite/db.h"
#include "storage/sqlite/db_backup.h"
#include "storage/sqlite/db_internal.h"
#include "storage/sqlite/migration.h"
#include "storage/sqlite/rows.h"
#include "storage/sqlite/schema_trust.h"

enum { APPLICATION_ID = 1112427849 }; /* "BNMI" */

/* What a migration does in C after its SQL, by the file's name; ends with NULL. */
static const struct migration STEPS[] = {
    {0},
};

int64_t schema_version(void)
{
    int64_t n = 0;

    while (schema_migrations[n].name)
        n++;
    return n;
}

/* The migration that leads to a version. */
static struct migration migration_to(int64_t version)
{
    const struct embedded_text *file = &schema_migrations[version - 1];
    struct migration migration = {.name = file->name, .sql = file->text};

    for (const struct migration *s = STEPS; s->name; s++)
        if (strcmp(s->name, file->name) == 0)
            migration.step = s->step;
    return migration;
}

static int read_number(struct db *db, const char *sql, int64_t *ret_number)
{
    CLEANUP(query_end) struct query q = query_start(db, sql);
    const int err = query_number(&q, ret_number);

    return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
}

/* The version that a database of ours has, 0 while it is empty. */
static int read_version(struct db *db, int64_t *ret_version)
{
    int64_t application = 0, version = 0, n_tables = 0;

    int err = read_number(db, "PRAGMA application_id", &application);
    if (!err)
        err = db_read_version(db, &version);
    if (!err)
        err = read_number(db, "SELECT count(*) FROM sqlite_schema", &n_tables);
    if (err)
        return err;
    if (version < 0 || (n_tables > 0 && application != APPLICATION_ID)) {
        (void)snprintf(db->failure, sizeof db->failure, "these are another program's tables");
        return ERR_UNSUPPORTED;
    }
    if (version > schema_version()) {
        (void)snprintf(db->failure, sizeof db->failure,
                       "its tables have version %lld and this program knows %lld: a newer banmai"
                       " wrote it",
                       (long long)version, (long long)schema_version());
        return ERR_UNSUPPORTED;
    }
    *ret_version = version;
    return 0;
}

int schema_migrate(struct db *db)
{
    int64_t version = 0;

    int err = read_version(db, &version);
    if (!err && version > 0 && version < schema_version())
        err = db_backup_version(db, version);
    while (!err && version < schema_version()) {
        const struct migration migration = migration_to(++version);
        err = migration_run(db, &migration, version);
    }
    return err ? err : schema_trust(db, schema_migrations);
}

int schema_check(struct db *db)
{
    int64_t version = 0;

    const int err = read_version(db, &version);
    if (err)
        return err;
    if (version == schema_version())
        return schema_trust(db, schema_migrations);
    (void)snprintf(db->failure, sizeof db->failure,
                   "its tables have version %lld and this program needs %lld", (long long)version,
                   (long long)schema_version());
    return ERR_UNSUPPORTED;
}

/* The version is written again: a page goes through the log to the disk. */
int schema_probe_write(struct db *db)
{
    CLEANUP(db_rollback) struct db *open = NULL;
    int64_t version = 0;

    int err = db_begin(db, &open);
    if (!err)
        err = read_version(db, &version);
    if (!err)
        err = db_set_version(db, version);
    return err ? err : db_commit(&open);
}
