// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sqlite/schema.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "common/err.h"
#include "common/file.h"
#include "storage/sqlite/db_query.h"
#include "storage/sqlite/migration.h"
#include "tests/unit/storage/fixture.h"

static struct fixture f;

static void set_up(void)
{
    fixture_open(&f);
}

static void tear_down(void)
{
    fixture_close(&f);
}

TestSuite(schema, .init = set_up, .fini = tear_down);

/* Tables that are not kept by their primary key, each with the reason. None: '' is no table. The
 * inner tables of a full-text index are SQLite's, and what it indexes needs numbered rows. */
#define KEPT_BY_NUMBER "''"

Test(schema, the_writer_is_durable_and_the_schema_is_strict)
{
    CLEANUP(query_end) struct query q = query_start(f.db, "PRAGMA synchronous");
    cr_assert_eq(query_next(&q), 0);
    cr_assert_eq(query_read_int(&q), 2);
    CLEANUP(query_end) struct query keys = query_start(f.db, "PRAGMA foreign_keys");
    cr_assert_eq(query_next(&keys), 0);
    cr_assert_eq(query_read_int(&keys), 1);
    cr_assert_eq(fixture_number(&f, "SELECT count(*) FROM pragma_table_list WHERE schema = 'main'"
                                    " AND type = 'table' AND NOT (wr AND strict)"
                                    " AND substr(name, 1, 7) <> 'sqlite_'"
                                    " AND name NOT IN (" KEPT_BY_NUMBER ")"),
                 0);
}

Test(schema, the_number_in_a_migrations_name_is_the_version_it_leads_to)
{
    int64_t n = 0;

    while (schema_migrations[n].name) {
        const char *name = schema_migrations[n++].name;
        cr_assert_eq(strtol(name, NULL, 10), n, "%s stands in place %lld", name, (long long)n);
        cr_assert_eq(name[3], '_', "three digits and a name: %s", name);
    }
    cr_assert_eq(n, schema_version());
    cr_assert_geq(n, 7);
}

Test(schema, a_newer_version_and_another_programs_tables_are_refused)
{
    struct db *db = NULL;

    fixture_execute(&f, "PRAGMA user_version = 999");
    cr_assert_eq(db_open_writer(f.path, &db), ERR_UNSUPPORTED);
    cr_assert_not_null(strstr(db_open_failure(), "version 999"), "%s", db_open_failure());
    cr_assert_not_null(strstr(db_open_failure(), "a newer banmai wrote it"));
    cr_assert_eq(db_open_reader(f.path, &db), ERR_UNSUPPORTED);
    fixture_execute(&f, "PRAGMA user_version = 1; PRAGMA application_id = 7");
    cr_assert_eq(db_open_writer(f.path, &db), ERR_UNSUPPORTED);
    cr_assert_null(db);
}

Test(schema, opening_again_changes_nothing)
{
    char id[ID_SIZE];
    struct user user;

    fixture_add_user(&f, "lan", ROLE_LEARNER, id);
    const int64_t version = fixture_number(&f, "PRAGMA schema_version");
    fixture_reopen(&f);
    cr_assert_eq(fixture_number(&f, "PRAGMA schema_version"), version);
    cr_assert_eq(user_store_find(f.db, id, &user), 0);
    cr_assert_eq(schema_check(f.db), 0);
}

Test(schema, values_outside_their_words_and_ranges_are_refused_by_the_tables)
{
    char id[ID_SIZE];

    fixture_add_user(&f, "lan", ROLE_LEARNER, id);
    CLEANUP(query_end) struct query role = query_start(f.db, "UPDATE users SET role = 'root'");
    cr_assert_eq(query_run(&role), ERR_INVALID);
    CLEANUP(query_end)
    struct query type = query_start(f.db, "UPDATE users SET created_at_ms = 'x'");
    cr_assert_eq(query_run(&type), ERR_INVALID);
}

Test(schema, probing_commits_and_changes_nothing)
{
    const int64_t version = fixture_number(&f, "PRAGMA user_version");
    struct db *reader = NULL;

    cr_assert_eq(schema_probe_write(f.db), 0);
    cr_assert_eq(fixture_number(&f, "PRAGMA user_version"), version);
    cr_assert_eq(schema_check(f.db), 0);
    cr_assert_eq(db_open_reader(f.path, &reader), 0);
    cr_assert_neq(schema_probe_write(reader), 0, "who cannot write is told");
    db_free(reader);
}

/* ---- upgrades ---- */

/* The number of rows of each table that a database had in the version that is attached as `old`,
 * and has no more: all columns count that there were. */
static const char LOST_ROWS[] =
    "SELECT name, 'SELECT count(*) FROM (SELECT ' || columns || ' FROM old.' || name ||"
    " ' EXCEPT SELECT ' || columns || ' FROM main.' || name || ')',"
    " 'SELECT (SELECT count(*) FROM main.' || name || ') - (SELECT count(*) FROM old.' || name || "
    "')',"
    " 'SELECT count(*) FROM old.' || name"
    " FROM (SELECT t.name, group_concat(c.name) AS columns"
    "  FROM old.sqlite_schema AS t, pragma_table_info(t.name, 'old') AS c"
    "  WHERE t.type = 'table' AND t.sql NOT LIKE 'CREATE VIRTUAL%'"
    /* migration 5 believes no wall clock */
    "  AND NOT (t.name = 'uploads' AND c.name = 'last_byte_at_ms')"
    /* migration 10 makes objects of codes */
    "  AND NOT (t.name = 'jobs' AND c.name = 'warnings') GROUP BY t.name)";

static int64_t number(const char *sql)
{
    CLEANUP(query_end) struct query q = query_start(f.db, sql);

    cr_assert_eq(query_next(&q), 0, "%s: %s", sql, db_failure(f.db));
    return query_read_int(&q);
}

static void attach_old(int64_t version)
{
    char sql[160];

    (void)snprintf(sql, sizeof sql, "ATTACH '%s.version-%d' AS old", f.path, (int)version);
    CLEANUP(query_end)
    struct query attach = query_start(f.db, arena_copy(&f.arena, slice_from(sql)));
    cr_assert_eq(query_run(&attach), 0, "%s", db_failure(f.db));
}

/* Against the copy that the upgrade kept. */
static void expect_every_row(int64_t version)
{
    attach_old(version);
    CLEANUP(query_end) struct query q = query_start(f.db, LOST_ROWS);
    while (query_next(&q) == 0) {
        const char *name = arena_copy(&f.arena, query_read_slice(&q));
        const char *lost = arena_copy(&f.arena, query_read_slice(&q));
        const char *more = arena_copy(&f.arena, query_read_slice(&q));
        cr_assert_gt(number(arena_copy(&f.arena, query_read_slice(&q))), 0,
                     "the dump of version %d has nothing in %s", (int)version, name);
        cr_assert_eq(number(lost), 0, "version %d: rows of %s are lost", (int)version, name);
        cr_assert_eq(number(more), 0, "version %d: rows of %s", (int)version, name);
    }
    cr_assert_eq(q.err, 0, "%s", db_failure(f.db));
    cr_assert_eq(number("SELECT count(*) FROM pragma_foreign_key_check"), 0);
}

static void load_dump(int64_t version)
{
    CLEANUP(buf_clear) struct buf dump = buf_with_limit(1 << 20);
    char path[256];

    (void)snprintf(path, sizeof path, "%s/schema/version_%d.sql", BANMAI_VECTORS, (int)version);
    cr_assert_eq(file_read_all(AT_FDCWD, path, &dump), 0,
                 "%s is missing: tests/vectors/schema/next_version.py writes it", path);
    fixture_load(&f, dump.data);
    cr_assert_eq(fixture_number(&f, "PRAGMA user_version"), version);
}

Test(schema, warnings_that_were_codes_become_objects)
{
    load_dump(9);
    fixture_reopen(&f);
    cr_assert_eq(number("SELECT count(*) FROM jobs WHERE warnings = '[{\"code\":\"E_NO_SOUND\"}]'"),
                 1);
    cr_assert_eq(number("SELECT count(*) FROM jobs WHERE NOT json_valid(warnings)"), 0);
}

Test(schema, a_database_of_each_version_is_brought_up_to_date_and_loses_no_row)
{
    for (int64_t version = 1; version < schema_version(); version++) {
        load_dump(version);
        fixture_reopen(&f);
        cr_assert_eq(fixture_number(&f, "PRAGMA user_version"), schema_version());
        expect_every_row(version);
        arena_reset(&f.arena);
    }
}

/* Whatever way it came about, a database of this version has the same tables. */
Test(schema, an_upgraded_database_is_as_one_made_anew)
{
    static const char SCHEMA[] =
        "SELECT group_concat(row, char(10)) FROM (SELECT t.type || t.name || c.cid || c.name ||"
        " c.type || c.\"notnull\" || coalesce(c.dflt_value, '') || c.pk AS row"
        " FROM sqlite_schema AS t LEFT JOIN pragma_table_info(t.name) AS c"
        " WHERE t.name NOT LIKE 'sqlite_%' ORDER BY 1)";
    CLEANUP(query_end) struct query q = query_start(f.db, SCHEMA);
    cr_assert_eq(query_next(&q), 0);
    const char *anew = arena_copy(&f.arena, query_read_slice(&q));
    query_end(&q);

    for (int64_t version = 1; version <= schema_version(); version++) {
        load_dump(version);
        fixture_reopen(&f);
        CLEANUP(query_end) struct query upgraded = query_start(f.db, SCHEMA);
        cr_assert_eq(query_next(&upgraded), 0);
        cr_assert(slice_is(query_read_slice(&upgraded), anew), "version %d", (int)version);
    }
}

Test(schema, what_migrations_make_of_the_first_versions_rows)
{
    load_dump(1);
    fixture_reopen(&f);
    cr_assert_eq(number("SELECT count(*) FROM deleted_media WHERE folder = 'jobs'"), 3);
    cr_assert_eq(number("SELECT count(*) FROM quarantine"), 2);
    cr_assert_eq(number("SELECT crashes FROM quarantine WHERE title = 'Bài 5'"), 2);
    cr_assert_eq(number("SELECT count(*) FROM served_time"), 1);
    cr_assert_eq(number("SELECT count(*) FROM jobs WHERE owner_id ="
                        " (SELECT id FROM users WHERE login = 'thay')"),
                 5);
}

/* A thousand learners with ten lectures each. */
static void load_thousand(void)
{
    static const char ROWS[] =
        "PRAGMA user_version = 1;"
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
        " INSERT INTO users SELECT printf('%032x', i), 'u' || i, 'Bạn ' || i, 'learner', 'x', i "
        "FROM n;"
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10)"
        " INSERT INTO lectures SELECT printf('%032x', i), NULL, 0, 'Bài ' || i,"
        " printf('%032x', 1), 'ready', NULL, NULL, '', 1, NULL, i, i FROM n;"
        "INSERT INTO progress SELECT users.id, lectures.id, randomblob(60), 1, 1, 240, 1"
        " FROM users, lectures;";
    CLEANUP(buf_clear) struct buf sql = buf_with_limit(1 << 20);

    buf_append_text(&sql, schema_migrations[0].text);
    buf_append_text(&sql, ROWS);
    fixture_load(&f, sql.data);
}

Test(schema, a_thousand_learners_of_the_first_version_keep_their_progress)
{
    const struct migration rebuild = {
        .name = "900_users_anew.sql",
        .sql = "CREATE TABLE new_users (id TEXT PRIMARY KEY, login TEXT NOT NULL UNIQUE,"
               " name TEXT NOT NULL, role TEXT NOT NULL, password_hash TEXT NOT NULL,"
               " created_at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
               "INSERT INTO new_users SELECT id, login, name, role, password_hash, created_at_ms"
               " FROM users; DROP TABLE users; ALTER TABLE new_users RENAME TO users;"};

    load_thousand();
    fixture_reopen(&f);
    cr_assert_eq(migration_run(f.db, &rebuild, 900), 0, "%s", db_failure(f.db));
    cr_assert_eq(number("SELECT count(*) FROM users"), 1000);
    cr_assert_eq(number("SELECT count(*) FROM progress"), 10000);
    attach_old(1);
    cr_assert_eq(number("SELECT count(*) FROM progress JOIN old.progress AS was"
                        " USING (user_id, lecture_id, watched, position_ms, watched_s)"),
                 10000);
}
