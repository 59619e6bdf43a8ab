// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sqlite/rows.h"

#include <string.h>

#include <criterion/criterion.h>

#include "common/err.h"
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

TestSuite(rows, .init = set_up, .fini = tear_down);

struct word {
    int64_t number;
    char text[4];
};

static void read_word(struct query *q, void *row)
{
    struct word *word = row;

    cr_assert_eq(word->number, 0, "a row starts as zeros");
    word->number = query_read_int(q);
    query_read_text(q, word->text, sizeof word->text);
}

static int list(const char *sql, struct word **ret_words, size_t *ret_n)
{
    CLEANUP(query_end) struct query q = query_start(f.db, sql);

    return query_list(&q, read_word, sizeof(struct word), &f.arena, ret_words, ret_n);
}

Test(rows, all_rows_of_a_query_come_as_an_array_in_their_order)
{
    struct word *words = NULL;
    size_t n = 0;

    cr_assert_eq(list("SELECT value, 'n' || value FROM json_each('[0,1,2,3,4,5,6,7,8,9]')", &words,
                      &n),
                 0);
    cr_assert_eq(n, 10);
    for (size_t i = 0; i < n; i++)
        cr_assert_eq(words[i].number, (int64_t)i);
    cr_assert_str_eq(words[9].text, "n9");
    cr_assert_eq(list("SELECT 1, 'x' WHERE 0", &words, &n), 0);
    cr_assert_eq(n, 0);
    cr_assert_null(words);
}

Test(rows, a_list_that_fails_in_the_middle_is_no_shorter_list)
{
    struct word *words = (void *)&f;
    size_t n = 77;

    cr_assert_eq(list("SELECT 1, 'abc' UNION ALL SELECT 2, 'abcd'", &words, &n), ERR_CORRUPT);
    cr_assert_eq(list("SELECT 1, 'a' UNION ALL SELECT abs(-9223372036854775807 - 1), 'b'", &words,
                      &n),
                 ERR_IO);
    cr_assert_eq(list("SELECT no_such_column", &words, &n), ERR_IO);
    cr_assert_eq(n, 77);
    cr_assert_eq((void *)words, (void *)&f);
}

Test(rows, a_list_that_does_not_fit_its_arena_is_refused)
{
    struct arena small = arena_with_limit(8192);
    struct word *words = NULL;
    size_t n = 0;

    CLEANUP(query_end)
    struct query q = query_start(f.db, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1"
                                       " FROM n WHERE i < 100000) SELECT i, '' FROM n");
    cr_assert_eq(query_list(&q, read_word, sizeof(struct word), &small, &words, &n), ERR_NO_MEMORY);
    cr_assert_null(words);
    arena_clear(&small);
}

Test(rows, one_row_is_read_whole_or_not_at_all)
{
    struct word word = {.number = 5};

    CLEANUP(query_end) struct query none = query_start(f.db, "SELECT 1, 'a' WHERE 0");
    cr_assert_eq(query_one(&none, read_word, &word, sizeof word), ERR_NOT_FOUND);
    CLEANUP(query_end) struct query broken = query_start(f.db, "SELECT 1, 'abcd'");
    cr_assert_eq(query_one(&broken, read_word, &word, sizeof word), ERR_CORRUPT);
    cr_assert_eq(word.number, 5);
    CLEANUP(query_end) struct query first = query_start(f.db, "SELECT 1, 'a' UNION SELECT 2, 'b'");
    cr_assert_eq(query_one(&first, read_word, &word, QUERY_ROW_SIZE + 1), ERR_INVALID);
    cr_assert_eq(query_one(&first, read_word, &word, sizeof word), 0);
    cr_assert_eq(word.number, 1);
    cr_assert_str_eq(word.text, "a");
}

Test(rows, a_number_is_the_first_column_of_the_first_row)
{
    int64_t number = 0;

    CLEANUP(query_end) struct query q = query_start(f.db, "SELECT 42, 43");
    cr_assert_eq(query_number(&q, &number), 0);
    cr_assert_eq(number, 42);
}

Test(rows, a_page_is_asked_for_with_one_row_more)
{
    const struct list_page page = {.limit = 7};
    int64_t number = 0;

    CLEANUP(query_end) struct query q = query_start(f.db, "SELECT ?");
    query_bind_rows(&q, &page);
    cr_assert_eq(query_number(&q, &number), 0);
    cr_assert_eq(number, 8);
}
