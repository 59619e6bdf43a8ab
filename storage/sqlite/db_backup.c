// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sqlite/db_backup.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/err.h"
#include "storage/sqlite/db.h"
#include "storage/sqlite/db_file.h"
#include "storage/sqlite/db_internal.h"
#include "storage/sqlite/db_query.h"

static const char VERSION_SUFFIX[] = ".version-";

/* The copy is checked by a connection of its own, as a restore would see it. */
static int check_copy(struct db *db, const char *path)
{
    CLEANUP(db_free) struct db *copy = NULL;
    int64_t version = 0, version_of_copy = 0;

    int err = db_read_version(db, &version);
    if (!err)
        err = db_open_bare(path, false, &copy);
    if (!err)
        err = db_check_pages(copy, "PRAGMA integrity_check(1)");
    if (!err)
        err = db_read_version(copy, &version_of_copy);
    return !err && version != version_of_copy ? ERR_CORRUPT : err;
}

static int copy_into(struct db *db, const char *path)
{
    CLEANUP(query_end) struct query q = query_start(db, "VACUUM INTO ?");

    query_bind_text(&q, path);
    return query_run(&q);
}

/* A whole copy that has no name yet. */
static int write_copy(struct db *db, const char *temporary)
{
    db_file_remove(temporary); /* of an attempt that was killed */
    int err = db_file_create(temporary);
    if (!err)
        err = copy_into(db, temporary);
    if (!err)
        err = check_copy(db, temporary);
    return err ? err : db_file_sync(temporary);
}

static int make_copy(struct db *db, const char *path, bool may_replace)
{
    char temporary[PATH_MAX];

    if (db->depth > 0)
        return ERR_CONFLICT;
    if (!may_replace && access(path, F_OK) == 0)
        return ERR_EXISTS;
    int err = db_file_beside(path, ".new", temporary);
    if (err)
        return err;
    err = write_copy(db, temporary);
    if (!err && (may_replace ? rename(temporary, path) : link(temporary, path)) < 0)
        err = err_from_errno(errno);
    db_file_remove(temporary);
    return err ? err : db_file_sync_parent(path);
}

int db_backup(struct db *db, const char *path)
{
    return make_copy(db, path, false);
}

/* ---- copies of versions ---- */

static void close_folder(DIR *folder)
{
    if (folder)
        (void)closedir(folder);
}
DEFINE_CLEANUP(close_folder, DIR *)

/* The version in the name of a copy of the database `base`; -1 for other files. */
static int64_t version_in(const char *name, const char *base)
{
    const size_t length = strlen(base);
    char *end = NULL;

    if (strncmp(name, base, length) != 0 ||
        strncmp(name + length, VERSION_SUFFIX, sizeof VERSION_SUFFIX - 1) != 0)
        return -1;
    const char *digits = name + length + sizeof VERSION_SUFFIX - 1;
    const long version = strtol(digits, &end, 10);
    return *digits >= '0' && *digits <= '9' && *end == '\0' ? version : -1;
}

/* How many copies there are of versions other than `kept`, and the lowest. */
static int64_t count_copies(const char *folder, const char *base, int64_t kept, int64_t *ret_lowest)
{
    CLEANUP(close_folder) DIR *dir = opendir(folder);
    int64_t n = 0;

    *ret_lowest = INT64_MAX;
    for (const struct dirent *entry; dir && (entry = readdir(dir));) {
        const int64_t version = version_in(entry->d_name, base);
        if (version < 0 || version == kept)
            continue;
        n++;
        if (version < *ret_lowest)
            *ret_lowest = version;
    }
    return n;
}

static int name_version(const char *path, int64_t version, char name[PATH_MAX])
{
    char suffix[40];

    (void)snprintf(suffix, sizeof suffix, "%s%lld", VERSION_SUFFIX, (long long)version);
    return db_file_beside(path, suffix, name);
}

/* A copy that cannot be removed is no reason to stop. */
static void remove_old_copies(const char *path, int64_t kept)
{
    char folder[PATH_MAX], name[PATH_MAX];
    int64_t lowest = 0;
    const char *slash = strrchr(path, '/'); /* SQLite's name of the file is absolute */

    (void)snprintf(folder, sizeof folder, "%.*s", (int)(slash - path) + 1, path);
    while (count_copies(folder, slash + 1, kept, &lowest) >= DB_VERSIONS_KEPT)
        if (name_version(path, lowest, name) || unlink(name) < 0)
            return;
}

int db_backup_version(struct db *db, int64_t version)
{
    const char *path = sqlite3_db_filename(db->handle, NULL);
    char name[PATH_MAX], failure[DB_FAILURE_SIZE];

    int err = name_version(path, version, name);
    if (!err) {
        db->failure[0] = '\0';
        err = make_copy(db, name, true);
    }
    if (!err) {
        remove_old_copies(path, version);
        return 0;
    }
    memcpy(failure, db->failure, sizeof failure);
    (void)snprintf(db->failure, sizeof db->failure, "cannot keep a copy of it as %s: %s", name,
                   failure[0] ? failure : err_text(err));
    return err;
}
