// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sqlite/schema_trust.h"

#include <string.h>

#include <criterion/criterion.h>

#include "common/err.h"
#include "storage/sqlite/db_query.h"
#include "storage/sqlite/migration.h"
#include "storage/sqlite/schema.h"
#include "tests/unit/storage/fixture.h"

static struct fixture f;

static void tear_down(void)
{
    fixture_close(&f);
}

/* What the next features need: rows that are only ever added, words that are found, a view. */
static const char NOTES[] =
    "CREATE TABLE tried_notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;\n"
    "CREATE TRIGGER tried_stay BEFORE UPDATE ON tried_notes BEGIN\n"
    "  SELECT raise(ABORT, 'notes are only added');\n"
    "END;\n"
    "CREATE VIRTUAL TABLE tried_words USING fts5 (text, content = 'tried_notes', content_rowid = "
    "'id');\n"
    "CREATE VIEW tried_long AS SELECT id FROM tried_notes WHERE length(text) > 10;\n";

/* Our migrations, and that one. */
static struct embedded_text with_notes[100];

static void set_up(void)
{
    size_t n = 0;

    fixture_open(&f);
    for (; schema_migrations[n].name; n++)
        with_notes[n] = schema_migrations[n];
    with_notes[n] = (struct embedded_text){"800_notes.sql", NOTES};
}

TestSuite(schema_trust, .init = set_up, .fini = tear_down);

static int execute(const char *sql)
{
    CLEANUP(query_end) struct query q = query_start(f.db, sql);

    return query_run(&q);
}

static int64_t number(const char *sql)
{
    CLEANUP(query_end) struct query q = query_start(f.db, sql);

    cr_assert_eq(query_next(&q), 0, "%s", db_failure(f.db));
    return query_read_int(&q);
}

static void migrate(const char *sql)
{
    const struct migration migration = {.name = "800_notes.sql", .sql = sql};

    cr_assert_eq(migration_run(f.db, &migration, 800), 0, "%s", db_failure(f.db));
}

Test(schema_trust, triggers_views_and_full_text_of_a_migration_work)
{
    migrate(NOTES);
    cr_assert_eq(schema_trust(f.db, with_notes), 0, "%s", db_failure(f.db));
    cr_assert_eq(execute("INSERT INTO tried_notes VALUES (1, 'bản làng thức dậy lúc ban mai')"), 0,
                 "%s", db_failure(f.db));
    cr_assert_eq(execute("INSERT INTO tried_words (rowid, text) SELECT id, text FROM tried_notes"),
                 0);
    cr_assert_eq(number("SELECT count(*) FROM tried_words WHERE tried_words MATCH 'lúc'"), 1);
    cr_assert_eq(number("SELECT count(*) FROM tried_long"), 1);
    cr_assert_eq(execute("UPDATE tried_notes SET text = 'khác'"), ERR_INVALID);
    cr_assert_not_null(strstr(db_failure(f.db), "notes are only added"));
    cr_assert_eq(number("SELECT count(*) FROM tried_notes WHERE text LIKE 'bản%'"), 1);
    cr_assert_neq(execute("DELETE FROM tried_words_data"), 0, "the index is SQLite's alone");
}

Test(schema_trust, no_trigger_fires_while_a_migration_runs)
{
    migrate(NOTES);
    cr_assert_eq(schema_trust(f.db, with_notes), 0);
    cr_assert_eq(execute("INSERT INTO tried_notes VALUES (1, 'một')"), 0);
    migrate("UPDATE tried_notes SET text = 'hai'");
    cr_assert_eq(execute("UPDATE tried_notes SET text = 'ba'"), ERR_INVALID, "and again behind it");
    cr_assert_eq(number("SELECT count(*) FROM tried_notes WHERE text = 'hai'"), 1);
}

Test(schema_trust, tables_are_made_anew_beside_triggers_and_views_and_with_them)
{
    migrate(NOTES);
    cr_assert_eq(schema_trust(f.db, with_notes), 0);
    cr_assert_eq(execute("INSERT INTO tried_notes VALUES (1, 'bản làng thức dậy lúc ban mai')"), 0);
    migrate("CREATE TABLE new_quarantine (source_sha256 TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;"
            "INSERT INTO new_quarantine SELECT source_sha256 FROM quarantine;"
            "DROP TABLE quarantine; ALTER TABLE new_quarantine RENAME TO quarantine;");
    migrate("DROP VIEW tried_long;"
            "CREATE TABLE new_tried (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;"
            "INSERT INTO new_tried SELECT * FROM tried_notes;"
            "DROP TABLE tried_notes; ALTER TABLE new_tried RENAME TO tried_notes;\n"
            "CREATE TRIGGER tried_stay BEFORE UPDATE ON tried_notes BEGIN\n"
            "  SELECT raise(ABORT, 'notes are only added');\n"
            "END;\n"
            "CREATE VIEW tried_long AS SELECT id FROM tried_notes WHERE length(text) > 10;\n");
    cr_assert_eq(schema_trust(f.db, with_notes), 0, "%s", db_failure(f.db));
    cr_assert_eq(number("SELECT count(*) FROM tried_long"), 1);
    cr_assert_eq(execute("DELETE FROM tried_notes"), 0, "this trigger lets rows go");
    cr_assert_eq(execute("INSERT INTO tried_notes VALUES (1, 'một')"), 0);
    cr_assert_eq(execute("UPDATE tried_notes SET text = 'hai'"), ERR_INVALID);
}

/* As a file that somebody else wrote into. */
static void refuse(const char *sql, const char *why)
{
    struct db *reader = NULL;

    fixture_execute(&f, sql);
    cr_assert_eq(db_open_reader(f.path, &reader), ERR_CORRUPT);
    cr_assert_str_eq(db_open_failure(), why);
    db_free(f.db);
    f.db = NULL;
    cr_assert_eq(db_open_writer(f.path, &f.db), ERR_CORRUPT);
    cr_assert_str_eq(db_open_failure(), why);
}

Test(schema_trust, a_trigger_that_is_not_ours_is_refused)
{
    refuse("CREATE TRIGGER evil AFTER INSERT ON users BEGIN"
           " UPDATE users SET role = 'admin'; END",
           "the trigger evil is not ours");
}

Test(schema_trust, a_view_that_is_not_ours_is_refused)
{
    refuse("CREATE VIEW evil AS SELECT * FROM users", "the view evil is not ours");
}

Test(schema_trust, a_virtual_table_that_is_not_ours_is_refused)
{
    refuse("CREATE VIRTUAL TABLE evil USING fts5 (text)", "the table evil is not ours");
}

Test(schema_trust, a_piece_of_one_of_our_statements_is_not_ours)
{
    migrate(NOTES);
    fixture_execute(&f, "DROP TRIGGER tried_stay; DROP VIEW tried_long;"
                        " CREATE VIEW tried_long AS SELECT id FROM tried_notes");
    cr_assert_eq(schema_trust(f.db, with_notes), ERR_CORRUPT);
    cr_assert_str_eq(db_failure(f.db), "the view tried_long is not ours");
}
