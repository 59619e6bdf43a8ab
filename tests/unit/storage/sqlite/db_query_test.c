// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sqlite/db_query.h"

#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "common/err.h"
#include "storage/sqlite/db_internal.h"
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

TestSuite(db_query, .init = set_up, .fini = tear_down);

Test(db_query, a_statement_may_run_within_itself)
{
    static const char sql[] = "SELECT value FROM json_each('[1,2,3]')";
    int64_t sum = 0;

    CLEANUP(query_end) struct query outer = query_start(f.db, sql);
    while (query_next(&outer) == 0) {
        const int64_t left = query_read_int(&outer);
        CLEANUP(query_end) struct query inner = query_start(f.db, sql);
        while (query_next(&inner) == 0)
            sum += left * query_read_int(&inner);
    }
    cr_assert_eq(sum, 36);
}

Test(db_query, statements_are_kept_by_the_hundred_and_each_is_its_own)
{
    static char sql[900][32];

    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 900; i++) {
            (void)snprintf(sql[i], sizeof sql[i], "SELECT %d", i);
            CLEANUP(query_end) struct query q = query_start(f.db, sql[i]);
            cr_assert_eq(query_next(&q), 0);
            cr_assert_eq(query_read_int(&q), i);
            cr_assert_not_null(q.kept);
        }
    }
}

Test(db_query, sql_that_is_no_constant_is_told_before_it_fills_the_memory)
{
    static char sql[DB_MAX_STATEMENTS + 1][32];
    int err = 0;
    int i = 0;

    while (!err && i <= DB_MAX_STATEMENTS) {
        (void)snprintf(sql[i], sizeof sql[i], "SELECT %d", i);
        CLEANUP(query_end) struct query q = query_start(f.db, sql[i++]);
        err = q.err;
    }
    cr_assert_eq(err, ERR_TOO_LARGE);
    cr_assert_eq(i, DB_MAX_STATEMENTS + 1);
    cr_assert_not_null(strstr(db_failure(f.db), "more than 1024 statements are kept: SELECT 1024"),
                       "%s", db_failure(f.db));
    CLEANUP(query_end) struct query again = query_start(f.db, sql[0]);
    cr_assert_eq(again.err, 0, "those that are kept go on");
}

Test(db_query, a_text_that_does_not_fit_its_field_is_corruption_not_truncation)
{
    char text[4] = "abc";

    CLEANUP(query_end) struct query q = query_start(f.db, "SELECT 'four'");
    cr_assert_eq(query_next(&q), 0);
    query_read_text(&q, text, sizeof text);
    cr_assert_eq(q.err, ERR_CORRUPT);
    cr_assert_str_eq(text, "abc");
    cr_assert_eq(query_next(&q), ERR_CORRUPT);
}

Test(db_query, the_first_failure_of_a_query_sticks)
{
    CLEANUP(query_end) struct query q = query_start(f.db, "SELECT no_such_column FROM users");

    cr_assert_neq(q.err, 0);
    query_bind_int(&q, 1);
    cr_assert_eq(query_next(&q), q.err);
    cr_assert_eq(query_read_int(&q), 0);
    cr_assert_eq(query_run(&q), q.err);
    cr_assert_not_null(strstr(db_failure(f.db), "no_such_column"));
}

Test(db_query, a_change_of_no_row_can_be_told_from_a_change)
{
    CLEANUP(query_end) struct query q = query_start(f.db, "DELETE FROM users WHERE id = ?");

    query_bind_text(&q, "nobody");
    cr_assert_eq(query_run_found(&q), ERR_NOT_FOUND);
    cr_assert_eq(query_n_changed(&q), 0);
}

Test(db_query, an_empty_optional_text_is_null_and_null_reads_as_empty)
{
    char text[4] = "x";

    CLEANUP(query_end) struct query q = query_start(f.db, "SELECT ?1 IS NULL, ?2, ?1");
    query_bind_optional(&q, "");
    query_bind_slice(&q, slice_of(NULL, 0));
    cr_assert_eq(query_next(&q), 0);
    cr_assert_eq(query_read_int(&q), 1);
    cr_assert_eq(query_read_slice(&q).length, 0);
    query_read_text(&q, text, sizeof text);
    cr_assert_str_eq(text, "");
    cr_assert_eq(q.err, 0);
}

Test(db_query, bytes_come_back_with_their_zeros)
{
    CLEANUP(query_end) struct query q = query_start(f.db, "SELECT ?, typeof(?1)");

    query_bind_bytes(&q, "a\0b", 3);
    cr_assert_eq(query_next(&q), 0);
    cr_assert(slice_equals(query_read_bytes(&q), slice_of("a\0b", 3)));
    cr_assert(slice_is(query_read_slice(&q), "blob"));
}

Test(db_query, a_word_that_is_not_in_its_table_is_corruption)
{
    static const char *const words[] = {"one", "two"};

    CLEANUP(query_end) struct query q = query_start(f.db, "SELECT 'two', 'three'");
    cr_assert_eq(query_next(&q), 0);
    cr_assert_eq(query_read_name(&q, words, 2), 1);
    cr_assert_eq(q.err, 0);
    (void)query_read_name(&q, words, 2);
    cr_assert_eq(q.err, ERR_CORRUPT);
}
