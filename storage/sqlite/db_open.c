// SPDX-License-Identifier: GPL-3.0-or-later
/* db_open.c - the part of db.h that opens a database and brings it up to date. */
#include "storage/sqlite/db.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/err.h"
#include "storage/sqlite/db_file.h"
#include "storage/sqlite/db_internal.h"
#include "storage/sqlite/schema.h"

/* Checkpoints are larger and rarer than SQLite's default (1,000 pages), for each costs two syncs;
 * 4,000 pages are 16 MB of log, replayed in well under a second after a crash. */
static int prepare_writer(struct db *db)
{
    int err = db_execute(db, "PRAGMA journal_mode = WAL;"
                             "PRAGMA synchronous = FULL;"
                             "PRAGMA wal_autocheckpoint = 4000;"
                             "PRAGMA journal_size_limit = 67108864;"
                             "PRAGMA cell_size_check = ON;");
    if (!err)
        err = db_check_pages(db, "PRAGMA quick_check(1)");
    return err ? err : schema_migrate(db);
}

/* Why this thread could not open a database; a connection that failed is gone. */
static _Thread_local char open_failure[DB_FAILURE_SIZE];

const char *db_open_failure(void)
{
    return open_failure;
}

static int note_open_failure(const struct db *db, int err)
{
    if (err)
        (void)snprintf(open_failure, sizeof open_failure, "%s",
                       db && db->failure[0] ? db->failure : err_text(err));
    return err;
}

/* Without a log: a file that is to be renamed must hold everything itself. */
static int fill_new(const char *path)
{
    CLEANUP(db_free) struct db *db = NULL;

    int err = db_open_bare(path, true, &db);
    if (!err)
        err = db_execute(db, "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL;");
    if (!err)
        err = schema_migrate(db);
    return note_open_failure(db, err);
}

/* A new database gets its tables before it gets its name: an empty file under the name is damage,
 * not a crash in the first second of a server's life. */
static int create_database(const char *path)
{
    char temporary[PATH_MAX], log_name[PATH_MAX];

    int err = db_file_beside(path, "-wal", log_name);
    if (!err && access(log_name, F_OK) == 0)
        return ERR_CORRUPT; /* a log without its database: somebody lost the larger part */
    if (!err)
        err = db_file_beside(path, ".new", temporary);
    if (err)
        return err;
    db_file_remove(temporary);
    err = db_file_create(temporary);
    if (!err)
        err = fill_new(temporary);
    if (!err && rename(temporary, path) < 0)
        err = err_from_errno(errno);
    if (err)
        db_file_remove(temporary);
    return err ? err : db_file_sync_parent(path);
}

/* There is a file with something in it then. */
static int make_sure_of_file(const char *path)
{
    struct stat st;

    if (stat(path, &st) < 0)
        return errno == ENOENT ? create_database(path) : err_from_errno(errno);
    return st.st_size == 0 ? ERR_CORRUPT : 0;
}

int db_open_writer(const char *path, struct db **ret_db)
{
    CLEANUP(db_free) struct db *db = NULL;

    open_failure[0] = '\0';
    int err = make_sure_of_file(path);
    if (err)
        return open_failure[0] ? err : note_open_failure(NULL, err);
    err = db_open_bare(path, true, &db);
    if (!err)
        err = prepare_writer(db);
    if (err)
        return note_open_failure(db, err);
    db_forget_statements(db); /* what opening asked is not asked again */
    *ret_db = db;
    db = NULL;
    return 0;
}

int db_open_reader(const char *path, struct db **ret_db)
{
    CLEANUP(db_free) struct db *db = NULL;

    if (access(path, F_OK) < 0)
        return note_open_failure(NULL, err_from_errno(errno));
    int err = db_open_bare(path, false, &db);
    if (!err)
        err = db_execute(db, "PRAGMA wal_autocheckpoint = 0");
    if (!err)
        err = schema_check(db);
    if (err)
        return note_open_failure(db, err);
    db_forget_statements(db); /* what opening asked is not asked again */
    *ret_db = db;
    db = NULL;
    return 0;
}
