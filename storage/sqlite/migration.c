// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sqlite/migration.h"

#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "storage/sqlite/db.h"
#include "storage/sqlite/db_internal.h"
#include "storage/sqlite/db_query.h"

/* Rows that refer to nothing, told by their table. */
static int check_references(struct db *db)
{
    CLEANUP(query_end)
    struct query q = query_start(db, "SELECT \"table\", parent, count(*)"
                                     " FROM pragma_foreign_key_check GROUP BY 1, 2");

    const int err = query_next(&q);
    if (err)
        return err == ERR_NOT_FOUND ? 0 : err;
    const struct slice table = query_read_slice(&q), parent = query_read_slice(&q);
    const int64_t n = query_read_int(&q);
    (void)snprintf(db->failure, sizeof db->failure, "%lld of %.*s would refer to no row of %.*s",
                   (long long)n, SLICE_ARGS(table), SLICE_ARGS(parent));
    return ERR_CONFLICT;
}

static int run(struct db *db, const struct migration *migration, int64_t version)
{
    CLEANUP(db_rollback) struct db *open = NULL;

    int err = db_begin(db, &open);
    if (!err)
        err = db_execute(db, migration->sql);
    if (!err && migration->step)
        err = migration->step(db);
    if (!err)
        err = check_references(db);
    if (!err)
        err = db_set_version(db, version);
    return err ? err : db_commit(&open);
}

static void name_in_failure(struct db *db, const char *name)
{
    char failure[DB_FAILURE_SIZE];

    memcpy(failure, db->failure, sizeof failure);
    (void)snprintf(db->failure, sizeof db->failure, "%s: %s", name, failure);
}

int migration_run(struct db *db, const struct migration *migration, int64_t version)
{
    if (db->depth > 0)
        return ERR_INVALID;
    int err = db_apply_schema(db, false);
    if (!err)
        err = run(db, migration, version);
    if (err)
        name_in_failure(db, migration->name);
    const int back = db_apply_schema(db, true);
    return err ? err : back;
}
