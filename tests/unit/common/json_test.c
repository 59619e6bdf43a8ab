// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/json.h"

#include <criterion/criterion.h>
#include <string.h>

#include "common/err.h"
#include "tests/unit/support/fail_alloc.h"

static json_t *document;

static void release(void)
{
    json_decref(document);
}

TestSuite(json, .fini = release);

static void parse(const char *text)
{
    cr_assert_eq(json_parse(slice_from(text), &document), 0, "%s", text);
}

Test(json, texts_that_are_not_one_strict_document_are_refused)
{
    static const char *const WRONG[] = {"",
                                        "{",
                                        "{} {}",
                                        "{\"a\":1,\"a\":2}",
                                        "{\"a\":\"\xff\"}",
                                        "5",
                                        "\"text\"",
                                        "{\"a\":1,}",
                                        "{'a':1}",
                                        "[1 2]",
                                        "{\"a\":01}",
                                        "nul",
                                        "{} x",
                                        "[NaN]",
                                        "{\"a\":1e999}"};

    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++)
        cr_assert_eq(json_parse(slice_from(WRONG[i]), &document), ERR_INVALID, "%s", WRONG[i]);
    cr_assert_eq(json_parse(slice_of("{}\0", 3), &document), ERR_INVALID);
    cr_assert_eq(json_parse(slice_of(NULL, 0), &document), ERR_INVALID);
    cr_assert_null(document, "a failure must leave the output alone");
}

Test(json, nesting_without_end_is_refused)
{
    static char deep[100001];

    memset(deep, '[', 100000);
    cr_assert_eq(json_parse(slice_from(deep), &document), ERR_INVALID);
}

Test(json, strings_are_borrowed_and_typed)
{
    struct slice s = slice_from("before");

    parse("{\"title\":\"Bài 1\",\"n\":5,\"empty\":\"\"}");
    cr_assert_eq(json_get_string(document, "n", &s), ERR_INVALID);
    cr_assert_eq(json_get_string(document, "gone", &s), ERR_INVALID);
    cr_assert_eq(json_get_string(NULL, "title", &s), ERR_INVALID);
    cr_assert(slice_is(s, "before"));
    cr_assert_eq(json_get_string(document, "title", &s), 0);
    cr_assert(slice_is(s, "Bài 1"));
    cr_assert_eq(json_get_string(document, "empty", &s), 0);
    cr_assert_eq(s.length, 0);
}

Test(json, texts_have_to_fit)
{
    char text[6] = "old";

    parse("{\"five\":\"12345\",\"six\":\"123456\"}");
    cr_assert_eq(json_get_text(document, "six", text, sizeof text), ERR_INVALID);
    cr_assert_str_eq(text, "old");
    cr_assert_eq(json_get_text(document, "five", text, sizeof text), 0);
    cr_assert_str_eq(text, "12345");
    cr_assert_eq(json_get_text(document, "gone", text, sizeof text), ERR_INVALID);
}

Test(json, integers_are_in_range_and_integers)
{
    int64_t value = 7;

    parse("{\"a\":10,\"real\":10.0,\"text\":\"10\",\"min\":-9223372036854775808,\"bool\":true}");
    cr_assert_eq(json_get_int(document, "a", 0, 9, &value), ERR_INVALID);
    cr_assert_eq(json_get_int(document, "a", 11, 12, &value), ERR_INVALID);
    cr_assert_eq(json_get_int(document, "real", 0, 99, &value), ERR_INVALID);
    cr_assert_eq(json_get_int(document, "text", 0, 99, &value), ERR_INVALID);
    cr_assert_eq(json_get_int(document, "bool", 0, 99, &value), ERR_INVALID);
    cr_assert_eq(value, 7);
    cr_assert_eq(json_get_int(document, "a", 10, 10, &value), 0);
    cr_assert_eq(value, 10);
    cr_assert_eq(json_get_int(document, "min", INT64_MIN, INT64_MAX, &value), 0);
    cr_assert_eq(value, INT64_MIN);
}

Test(json, arrays_and_objects_are_told_apart)
{
    const json_t *member = NULL;
    int64_t value = 7;

    parse("{\"list\":[3,\"x\"],\"map\":{}}");
    cr_assert_eq(json_get_array(document, "map", &member), ERR_INVALID);
    cr_assert_eq(json_get_object(document, "list", &member), ERR_INVALID);
    cr_assert_null(member);
    cr_assert_eq(json_get_object(document, "map", &member), 0);
    cr_assert_eq(json_get_array(document, "list", &member), 0);
    cr_assert_eq(json_at_int(member, 0, 0, 9, &value), 0);
    cr_assert_eq(value, 3);
    cr_assert_eq(json_at_int(member, 1, 0, 9, &value), ERR_INVALID);
    cr_assert_eq(json_at_int(member, 2, 0, 9, &value), ERR_INVALID);
    cr_assert_eq(json_at_int(document, 0, 0, 9, &value), ERR_INVALID);
}

Test(json, every_allocation_may_fail)
{
    static const char TEXT[] = "{\"a\":[1,\"two\",{\"b\":null}],\"c\":\"đ\"}";
    size_t n_failures = 0;

    for (size_t n = 0; fail_alloc_again(&n);) {
        json_t *made = NULL;
        fail_alloc_start(n);
        const int err = json_parse(slice_from(TEXT), &made);
        const bool has_failed = fail_alloc_stop();
        /* jansson does not tell short memory from a bad text */
        cr_assert_eq(err, has_failed ? ERR_INVALID : 0, "allocation %zu: %d", n, err);
        n_failures += has_failed;
        json_decref(made);
    }
    cr_assert_gt(n_failures, 5);
}
