// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/json_writer.h"

#include <criterion/criterion.h>
#include <string.h>

#include "common/err.h"
#include "common/json.h"

static struct buf text;

static void start(void)
{
    text = buf_with_limit(10000);
}

static void stop(void)
{
    buf_clear(&text);
}

TestSuite(json_writer, .init = start, .fini = stop);

static void expect(const char *wanted)
{
    json_t *document = NULL;

    cr_assert_eq(text.err, 0);
    cr_assert_str_eq(text.data, wanted);
    cr_assert_eq(json_parse(buf_slice(&text), &document), 0, "%s", wanted);
    json_decref(document);
}

Test(json_writer, members_are_parted_wherever_they_stand)
{
    json_begin_object(&text, NULL);
    json_put_text(&text, "title", "Toán");
    json_put_int(&text, "n", -7);
    json_begin_array(&text, "list");
    json_put_int(&text, NULL, 1);
    json_begin_object(&text, NULL);
    json_end_object(&text);
    json_begin_object(&text, NULL);
    json_put_bool(&text, "is", true);
    json_end_object(&text);
    json_begin_array(&text, NULL);
    json_end_array(&text);
    json_end_array(&text);
    json_put_null(&text, "none");
    json_put_text_or_null(&text, "empty", "");
    json_put_text_or_null(&text, "full", "x");
    json_end_object(&text);
    expect("{\"title\":\"Toán\",\"n\":-7,\"list\":[1,{},{\"is\":true},[]],\"none\":null,"
           "\"empty\":null,\"full\":\"x\"}");
}

/* What ends a text is no sign of what was written: a comma was once left out after "{". */
Test(json_writer, texts_that_look_like_json_part_nothing)
{
    json_begin_array(&text, NULL);
    json_put_text(&text, NULL, "{");
    json_put_text(&text, NULL, "a:");
    json_put_text(&text, NULL, "\"\\\n\t\x7f");
    json_end_array(&text);
    expect("[\"{\",\"a:\",\"\\\"\\\\\\n\\u0009\\u007f\"]");
}

Test(json_writer, thousandths_are_exact_decimals)
{
    static const struct {
        int64_t value;
        const char *text;
    } CASES[] = {
        {0, "0"},
        {1, "0.001"},
        {10, "0.01"},
        {100, "0.1"},
        {1500, "1.5"},
        {-1500, "-1.5"},
        {-1, "-0.001"},
        {3600000, "3600"},
        {12345, "12.345"},
        {INT64_MAX, "9223372036854775.807"},
        {INT64_MIN, "-9223372036854775.808"},
    };

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        buf_reset(&text);
        json_put_milli(&text, NULL, CASES[i].value);
        cr_assert_str_eq(text.data, CASES[i].text);
    }
    buf_reset(&text);
    json_put_seconds(&text, NULL, 1234999);
    cr_assert_str_eq(text.data, "1.234", "cut, not rounded: a lecture is never longer than it is");
}

Test(json_writer, times_are_rfc_3339)
{
    json_put_time(&text, NULL, 1764547200123);
    cr_assert_eq(strncmp(text.data, "\"2025-12-01T00:00:00", 20), 0, "%s", text.data);
}

Test(json_writer, what_is_no_text_is_an_error_and_not_something_poorer)
{
    json_put_text(&text, NULL, "a\xff");
    cr_assert_eq(text.err, ERR_CORRUPT);
    buf_reset(&text);
    json_put_slice(&text, NULL, slice_of("a\0b", 3));
    cr_assert_eq(text.err, ERR_CORRUPT);
}

Test(json_writer, a_full_buffer_stays_an_error)
{
    struct buf small = buf_with_limit(10);

    json_begin_array(&small, NULL);
    for (int i = 0; i < 10; i++)
        json_put_int(&small, NULL, i);
    cr_assert_eq(small.err, ERR_TOO_LARGE);
    buf_clear(&small);
}
