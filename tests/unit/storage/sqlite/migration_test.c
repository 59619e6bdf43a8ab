// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sqlite/migration.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>
#include <sqlite3.h>

#include "common/err.h"
#include "common/file.h"
#include "storage/hot/progress_store.h"
#include "storage/sqlite/db_query.h"
#include "storage/sqlite/schema.h"
#include "tests/unit/storage/faulty_vfs.h"
#include "tests/unit/storage/fixture.h"

static struct fixture f;
static char user_id[ID_SIZE], lecture_id[ID_SIZE];

static void set_up(void)
{
    static uint8_t bits[] = {0xff};
    struct progress progress = {.watched = {.bits = bits, .n_bytes = 1}};

    fixture_open(&f);
    fixture_add_user(&f, "thay", ROLE_INSTRUCTOR, user_id);
    fixture_add_upload(&f, user_id, 10, 1, lecture_id);
    memcpy(progress.user_id, user_id, ID_SIZE);
    memcpy(progress.lecture_id, lecture_id, ID_SIZE);
    cr_assert_eq(progress_store_merge_many(f.db, &progress, 1, 7), 0);
}

static void tear_down(void)
{
    fixture_close(&f);
}

TestSuite(migration, .init = set_up, .fini = tear_down);

static int run(const char *sql, int (*step)(struct db *db))
{
    const struct migration migration = {.name = "900_tried.sql", .sql = sql, .step = step};

    return migration_run(f.db, &migration, 900);
}

static int64_t version(void)
{
    return fixture_number(&f, "PRAGMA user_version");
}

static const char REBUILD_USERS[] =
    "CREATE TABLE new_users (id TEXT PRIMARY KEY, login TEXT NOT NULL UNIQUE COLLATE NOCASE,"
    " name TEXT NOT NULL, role TEXT NOT NULL, password_hash TEXT NOT NULL,"
    " created_at_ms INTEGER NOT NULL, language TEXT NOT NULL) STRICT, WITHOUT ROWID;"
    "INSERT INTO new_users SELECT *, 'vi' FROM users;"
    "DROP TABLE users;"
    "ALTER TABLE new_users RENAME TO users;";

Test(migration, a_table_made_anew_does_not_take_what_refers_to_it_along)
{
    cr_assert_eq(run(REBUILD_USERS, NULL), 0, "%s", db_failure(f.db));
    cr_assert_eq(version(), 900);
    cr_assert_eq(fixture_number(&f, "SELECT count(*) FROM users WHERE language = 'vi'"), 1);
    cr_assert_eq(fixture_number(&f, "SELECT count(*) FROM progress"), 1);
    cr_assert_eq(fixture_number(&f, "SELECT count(*) FROM lectures"), 1);
    CLEANUP(query_end)
    struct query q = query_start(f.db, "INSERT INTO lectures (id, position, title, owner_id, state,"
                                       " filename, created_at_ms, updated_at_ms)"
                                       " VALUES ('x', 0, 't', 'nobody', 'ready', 'f', 0, 0)");
    cr_assert_eq(query_run(&q), ERR_CONFLICT, "foreign keys are enforced again");
}

Test(migration, rows_that_would_refer_to_nothing_undo_it_and_are_named)
{
    const int64_t before = version();

    cr_assert_eq(run("DELETE FROM users; CREATE TABLE more (id TEXT) STRICT;", NULL), ERR_CONFLICT);
    cr_assert_not_null(strstr(db_failure(f.db), "900_tried.sql"), "%s", db_failure(f.db));
    cr_assert_not_null(strstr(db_failure(f.db), "would refer to no row of users"));
    cr_assert_eq(version(), before);
    cr_assert_eq(fixture_number(&f, "SELECT count(*) FROM users"), 1);
    cr_assert_eq(fixture_number(&f, "SELECT count(*) FROM sqlite_schema WHERE name = 'more'"), 0);
    CLEANUP(query_end) struct query q = query_start(f.db, "DELETE FROM users");
    cr_assert_eq(query_run(&q), ERR_CONFLICT, "foreign keys are enforced again");
}

Test(migration, sql_that_fails_half_way_leaves_nothing_and_is_named)
{
    const int64_t before = version();

    cr_assert_eq(run("DELETE FROM progress; DELETE FROM no_such_table;", NULL), ERR_IO);
    cr_assert_not_null(strstr(db_failure(f.db), "900_tried.sql: no such table: no_such_table"),
                       "%s", db_failure(f.db));
    cr_assert_eq(version(), before);
    cr_assert_eq(fixture_number(&f, "SELECT count(*) FROM progress"), 1);
}

static int fold_names(struct db *db)
{
    CLEANUP(query_end) struct query q = query_start(db, "UPDATE users SET folded = lower(login)");

    return query_run(&q);
}

static int fail_after_a_change(struct db *db)
{
    const int err = fold_names(db);

    return err ? err : ERR_NO_MEMORY;
}

Test(migration, a_step_in_c_runs_behind_the_sql_in_the_same_transaction)
{
    static const char sql[] = "ALTER TABLE users ADD COLUMN folded TEXT NOT NULL DEFAULT ''";
    const int64_t before = version();

    cr_assert_eq(run(sql, fail_after_a_change), ERR_NO_MEMORY);
    cr_assert_eq(version(), before);
    cr_assert_eq(fixture_number(&f, "SELECT count(*) FROM pragma_table_info('users')"
                                    " WHERE name = 'folded'"),
                 0);
    cr_assert_eq(run(sql, fold_names), 0);
    cr_assert_eq(fixture_number(&f, "SELECT count(*) FROM users WHERE folded = 'thay'"), 1);
}

Test(migration, it_is_a_transaction_of_its_own)
{
    CLEANUP(db_rollback) struct db *open = NULL;

    cr_assert_eq(db_begin(f.db, &open), 0);
    cr_assert_eq(run("DELETE FROM progress", NULL), ERR_INVALID);
    cr_assert_eq(fixture_number(&f, "SELECT count(*) FROM progress"), 1);
}

Test(migration, one_that_ends_the_transaction_itself_is_refused)
{
    cr_assert_neq(run("COMMIT", NULL), 0);
    cr_assert_neq(version(), 900);
}

/* ---- the Nth write, sync or truncation of an upgrade fails, or is its last: old or new ---- */

enum { N_STEPS = 2 }; /* that an upgrade has here: one can end between them */

/* Of each version, by dumps of it: its tables with their columns, and its indices. */
static char *shapes[64];

static char *read_shape(void)
{
    static const char SHAPE[] =
        "SELECT group_concat(row, char(10)) FROM (SELECT t.name || coalesce(c.name, '') AS row"
        " FROM sqlite_schema AS t LEFT JOIN pragma_table_info(t.name) AS c ORDER BY 1)";
    sqlite3 *handle = NULL;
    sqlite3_stmt *statement = NULL;

    cr_assert_eq(sqlite3_open_v2(f.path, &handle, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    cr_assert_eq(sqlite3_prepare_v2(handle, SHAPE, -1, &statement, NULL), SQLITE_OK);
    cr_assert_eq(sqlite3_step(statement), SQLITE_ROW);
    char *shape = arena_copy(&f.arena, slice_from((const char *)sqlite3_column_text(statement, 0)));
    sqlite3_finalize(statement);
    sqlite3_close(handle);
    return shape;
}

static void load_dump(int64_t of_version)
{
    CLEANUP(buf_clear) struct buf dump = buf_with_limit(1 << 20);
    char path[256];

    (void)snprintf(path, sizeof path, "%s/schema/version_%d.sql", BANMAI_VECTORS, (int)of_version);
    cr_assert_eq(file_read_all(AT_FDCWD, path, &dump), 0);
    fixture_load(&f, dump.data);
}

static struct buf old_file; /* a database that has N_STEPS before it */

static void put_old_file(void)
{
    char log[128];

    db_free(f.db);
    f.db = NULL;
    (void)snprintf(log, sizeof log, "%s-wal", f.path);
    (void)unlink(log);
    const int fd = open(f.path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    cr_assert_geq(fd, 0);
    cr_assert_eq(file_write_all(fd, old_file.data, old_file.length), 0);
    cr_assert_eq(close(fd), 0);
}

/* The database is whole, in one of the versions. */
static void expect_a_version(int nth)
{
    const int64_t now = version();

    cr_assert_str_eq(read_shape(), shapes[now], "operation %d, version %d", nth, (int)now);
    cr_assert_eq(fixture_number(&f, "SELECT count(*) FROM progress"), 4, "operation %d", nth);
    cr_assert_eq(fixture_number(&f, "SELECT count(*) = 1 AND min(integrity_check) = 'ok'"
                                    " FROM pragma_integrity_check"),
                 1, "operation %d", nth);
}

static void expect_upgrade(int nth)
{
    cr_assert_eq(db_open_writer(f.path, &f.db), 0, "operation %d: %s", nth, db_open_failure());
    cr_assert_eq(version(), schema_version());
    cr_assert_str_eq(read_shape(), shapes[schema_version()], "operation %d", nth);
}

/* Returns whether there was an nth operation. */
static bool upgrade_with_fault(int nth, int code, bool is_sticky)
{
    put_old_file();
    faulty_vfs_arm(nth, code, is_sticky);
    const int err = db_open_writer(f.path, &f.db);
    const bool has_happened = faulty_vfs_disarm();
    cr_assert(err == 0 || err == ERR_IO || err == ERR_NO_SPACE, "operation %d: %d", nth, err);
    if (err)
        cr_assert_neq(db_open_failure()[0], '\0');
    expect_a_version(nth);
    db_free(f.db);
    f.db = NULL;
    expect_upgrade(nth);
    return has_happened;
}

static bool upgrade_and_be_killed(int nth)
{
    int status = 0;

    put_old_file();
    const pid_t child = fork();
    if (child == 0) {
        faulty_vfs_arm(nth, FAULTY_VFS_KILL, false);
        _exit(db_open_writer(f.path, &f.db) ? 1 : 0);
    }
    cr_assert_eq(waitpid(child, &status, 0), child);
    const bool was_killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    cr_assert(was_killed || (WIFEXITED(status) && WEXITSTATUS(status) == 0));
    expect_a_version(nth);
    expect_upgrade(nth);
    return was_killed;
}

static void set_up_faults(void)
{
    faulty_vfs_register();
    fixture_open(&f);
    old_file = buf_with_limit(16 << 20);
    for (int64_t v = 1; v <= schema_version(); v++) {
        load_dump(v);
        shapes[v] = read_shape();
        if (v == schema_version() - N_STEPS)
            cr_assert_eq(file_read_all(AT_FDCWD, f.path, &old_file), 0);
    }
}

static void tear_down_faults(void)
{
    buf_clear(&old_file);
    tear_down();
}

TestSuite(migration_faults, .init = set_up_faults, .fini = tear_down_faults, .timeout = 60);

Test(migration_faults, a_disk_that_is_full_at_any_point_leaves_a_version_whole)
{
    int nth = 1;

    while (upgrade_with_fault(nth, SQLITE_FULL, true))
        nth++;
    cr_assert_geq(nth, 30);
}

Test(migration_faults, a_disk_that_fails_once_leaves_a_version_whole)
{
    static const int codes[] = {SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC};

    int nth = 1;

    while (upgrade_with_fault(nth, codes[nth % 2], false))
        nth++;
    cr_assert_geq(nth, 30);
}

Test(migration_faults, a_server_that_is_killed_at_any_point_leaves_a_version_whole)
{
    int nth = 1;

    while (upgrade_and_be_killed(nth))
        nth++;
    cr_assert_geq(nth, 30);
}
