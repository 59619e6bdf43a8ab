// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sqlite/schema.h"

#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "common/embedded_text.h"
#include "common/err.h"
#include "storage/sqlite/db_query.h"
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

extern const struct embedded_text schema_migrations[];

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
