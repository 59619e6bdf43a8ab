// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sqlite/db.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/slice.h"
#include "storage/sqlite/db_internal.h"
#include "storage/sqlite/rows.h"

enum {
    BUSY_TIMEOUT_MS = 5000,
    STEPS_PER_LOOK = 1000, /* some tens of microseconds between looks at the clock */
};

static int err_from_sqlite(sqlite3 *handle, int code)
{
    switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
        return ERR_EXISTS;
    case SQLITE_CONSTRAINT_FOREIGNKEY:
        return ERR_CONFLICT;
    default:
        break;
    }
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ERR_UNAVAILABLE;
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
        return ERR_INVALID;
    case SQLITE_FULL:
        return ERR_NO_SPACE;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        return handle && sqlite3_system_errno(handle) == ENOSPC ? ERR_NO_SPACE : ERR_IO;
    case SQLITE_INTERRUPT:
        return ERR_TIMEOUT;
    case SQLITE_NOMEM:
        return ERR_NO_MEMORY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return ERR_CORRUPT;
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return ERR_DENIED;
    case SQLITE_TOOBIG:
        return ERR_TOO_LARGE;
    default:
        return ERR_IO;
    }
}

int db_fail(struct db *db, int code)
{
    (void)snprintf(db->failure, sizeof db->failure, "%s (%d)",
                   db->handle ? sqlite3_errmsg(db->handle) : sqlite3_errstr(code), code);
    return err_from_sqlite(db->handle, code);
}

int db_execute(struct db *db, const char *sql)
{
    const int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

    return code == SQLITE_OK ? 0 : db_fail(db, code);
}

/* A pragma takes no parameters. */
int db_set_version(struct db *db, int64_t version)
{
    char sql[48];

    (void)snprintf(sql, sizeof sql, "PRAGMA user_version = %d;", (int)version);
    return db_execute(db, sql);
}

int db_read_version(struct db *db, int64_t *ret_version)
{
    CLEANUP(query_end) struct query q = query_start(db, "PRAGMA user_version");

    return query_number(&q, ret_version);
}

/* Called by SQLite every so many steps of its machine; not 0 interrupts the statement. */
static int is_too_late(void *arg)
{
    const struct db *db = arg;

    return clock_monotonic_ms() >= db->give_up_ms;
}

void db_limit_time(struct db *db, uint32_t limit_ms)
{
    db->give_up_ms = limit_ms ? clock_monotonic_ms() + limit_ms : 0;
    sqlite3_progress_handler(db->handle, limit_ms ? STEPS_PER_LOOK : 0,
                             limit_ms ? is_too_late : NULL, db);
}

const char *db_failure(const struct db *db)
{
    return db->failure;
}

int db_apply_schema(struct db *db, bool is_on)
{
    const bool is_trusted = is_on && db->is_schema_trusted;
    const struct {
        int option;
        int value;
    } options[] = {
        {SQLITE_DBCONFIG_ENABLE_FKEY, is_on},
        {SQLITE_DBCONFIG_ENABLE_TRIGGER, is_trusted},
        {SQLITE_DBCONFIG_ENABLE_VIEW, is_trusted},
    };
    int code = SQLITE_OK;

    for (size_t i = 0; code == SQLITE_OK && i < sizeof options / sizeof options[0]; i++)
        code = sqlite3_db_config(db->handle, options[i].option, options[i].value, (int *)NULL);
    return code == SQLITE_OK ? 0 : db_fail(db, code);
}

/* What SQL that comes with a file may do is cut down: the file may have been tampered with. No
 * trigger fires before schema_trust() has seen it. */
static int configure(struct db *db)
{
    static const struct {
        int option;
        int value;
    } options[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},
        {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_DQS_DDL, 0},
        {SQLITE_DBCONFIG_DQS_DML, 0},
    };
    int code = sqlite3_busy_timeout(db->handle, BUSY_TIMEOUT_MS);

    for (size_t i = 0; code == SQLITE_OK && i < sizeof options / sizeof options[0]; i++)
        code = sqlite3_db_config(db->handle, options[i].option, options[i].value, (int *)NULL);
    return code == SQLITE_OK ? db_apply_schema(db, true) : db_fail(db, code);
}

int db_open_bare(const char *path, bool is_writer, struct db **ret_db)
{
    CLEANUP(db_free) struct db *db = calloc(1, sizeof *db);
    const int mode = is_writer ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;

    if (!db)
        return ERR_NO_MEMORY;
    db->is_writer = is_writer;
    const int code = sqlite3_open_v2(path, &db->handle,
                                     mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    const int err = code == SQLITE_OK ? configure(db) : db_fail(db, code);
    if (err)
        return err;
    *ret_db = db;
    db = NULL;
    return 0;
}

int db_check_pages(struct db *db, const char *sql)
{
    CLEANUP(query_end) struct query q = query_start(db, sql);

    const int err = query_next(&q);
    if (err)
        return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
    const struct slice verdict = query_read_slice(&q);
    if (slice_is(verdict, "ok"))
        return q.err;
    (void)snprintf(db->failure, sizeof db->failure, "%.*s", SLICE_ARGS(verdict));
    return ERR_CORRUPT;
}

/* Without waiting for readers: everybody's writes would wait with us. */
int db_shrink_log(struct db *db)
{
    (void)sqlite3_busy_timeout(db->handle, 0);
    const int code =
        sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    (void)sqlite3_busy_timeout(db->handle, BUSY_TIMEOUT_MS);
    return code == SQLITE_OK ? 0 : db_fail(db, code);
}

void db_free(struct db *db)
{
    if (!db)
        return;
    db_forget_statements(db);
    (void)sqlite3_close_v2(db->handle); /* rolls back what is open */
    free(db);
}

bool db_has_lost_transaction(const struct db *db)
{
    return db->depth > 0 && sqlite3_get_autocommit(db->handle);
}

int db_begin(struct db *db, struct db **ret_open)
{
    int err;

    if (db_has_lost_transaction(db))
        return ERR_IO;
    if (db->depth > 0)
        err = db_execute(db, "SAVEPOINT inner");
    else
        err = db_execute(db, db->is_writer ? "BEGIN IMMEDIATE" : "BEGIN");
    if (err)
        return err;
    db->depth++;
    *ret_open = db;
    return 0;
}

int db_commit(struct db **open)
{
    struct db *db = *open;
    int err = ERR_IO;

    if (!db_has_lost_transaction(db))
        err = db_execute(db, db->depth > 1 ? "RELEASE inner" : "COMMIT");
    if (err)
        db_rollback(db);
    else
        db->depth--;
    *open = NULL;
    return err;
}

void db_rollback(struct db *open)
{
    if (!open)
        return;
    if (!db_has_lost_transaction(open))
        (void)db_execute(open, open->depth > 1 ? "ROLLBACK TO inner; RELEASE inner" : "ROLLBACK");
    open->depth--;
}
