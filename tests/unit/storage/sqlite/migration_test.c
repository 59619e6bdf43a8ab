// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sqlite/migration.h"

#include <string.h>

#include <criterion/criterion.h>

#include "common/err.h"
#include "storage/hot/progress_store.h"
#include "storage/sqlite/db_query.h"
#include "storage/sqlite/schema.h"
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
