// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/web/fields.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "common/id.h"
#include "common/json.h"

#define AN_ID "0123456789abcdef0123456789abcdef"

enum { TITLE_CHARS = 5, TEXT_CHARS = 10 };

struct thing {
    char title[4 * TITLE_CHARS + 1];
    char text[4 * TEXT_CHARS + 1];
    int64_t n;
    bool is_open;
    char course[ID_SIZE];
    int kind;
};

static const char *const KINDS[] = {"news", "alarm", NULL};

static const struct field FIELDS[] = {
    FIELD(FIELD_TEXT, struct thing, title, .min = 1, .max = TITLE_CHARS, .is_required = true),
    FIELD(FIELD_TEXT, struct thing, text, .max = TEXT_CHARS, .is_multiline = true),
    FIELD(FIELD_INT, struct thing, n, .min = -3, .max = 9),
    FIELD(FIELD_BOOL, struct thing, is_open),
    FIELD(FIELD_ID, struct thing, course, .may_be_null = true),
    FIELD(FIELD_WORD, struct thing, kind, .words = KINDS),
};

enum { N_FIELDS = sizeof FIELDS / sizeof FIELDS[0] };

static struct thing thing;
static struct field_faults faults;

static uint32_t read_thing(const char *text)
{
    json_t *object = NULL;

    thing = (struct thing){.n = 7};
    cr_assert_eq(json_parse(slice_from(text), &object), 0, "%s", text);
    const uint32_t given = fields_read(object, FIELDS, N_FIELDS, &thing, &faults);
    json_decref(object);
    return given;
}

/* The faults as "/pointer code, /pointer code". */
static const char *faults_of(const char *text)
{
    static char list[2000];
    size_t n = 0;

    (void)read_thing(text);
    list[0] = '\0';
    for (size_t i = 0; i < faults.n; i++)
        n += (size_t)snprintf(list + n, sizeof list - n, "%s%s %s", i ? ", " : "",
                              faults.list[i].pointer, faults.list[i].code);
    return list;
}

Test(fields, what_is_given_fills_the_struct)
{
    const uint32_t given =
        read_thing("{\"title\":\" Toán \",\"text\":\"a\\r\\nb\",\"n\":-3,\"is_open\":true,"
                   "\"course\":\"" AN_ID "\",\"kind\":\"alarm\"}");

    cr_assert_eq(faults.n, 0);
    cr_assert_eq(given, 0x3f);
    cr_assert_str_eq(thing.title, "Toán");
    cr_assert_str_eq(thing.text, "a\nb");
    cr_assert_eq(thing.n, -3);
    cr_assert(thing.is_open);
    cr_assert_str_eq(thing.course, AN_ID);
    cr_assert_eq(thing.kind, 1);
}

Test(fields, what_is_absent_leaves_the_struct_and_null_is_not_absent)
{
    cr_assert_eq(read_thing("{\"title\":\"x\"}"), 1);
    cr_assert_eq(thing.n, 7);
    cr_assert_eq(read_thing("{\"title\":\"x\",\"course\":null}"), 1 | 1 << 4);
    cr_assert_str_eq(thing.course, "");
    cr_assert_str_eq(faults_of("{\"title\":null,\"n\":null}"), "/title wrong-type, /n wrong-type");
}

Test(fields, everything_that_is_wrong_is_told_at_once)
{
    cr_assert_str_eq(faults_of("{\"n\":10,\"is_open\":1,\"course\":\"x\",\"kind\":\"\",\"new\":0}"),
                     "/title required, /n too-large, /is_open wrong-type, /course malformed,"
                     " /kind not-one-of, /new unknown");
    cr_assert_str_eq(faults_of("{\"title\":\"\",\"n\":-4}"), "/title too-short, /n too-small");
    cr_assert_str_eq(faults_of("{\"title\":\"abcdef\",\"n\":1.5}"),
                     "/title too-long, /n wrong-type");
    cr_assert_str_eq(faults_of("{\"title\":[],\"n\":\"1\"}"), "/title wrong-type, /n wrong-type");
    cr_assert_str_eq(faults_of("{\"title\":\"x\",\"n\":9223372036854775807}"), "/n too-large");
}

/* Phones type the letters of Vietnamese in pieces; five of them are five, however they came. */
#define IN_PIECES "e\xcc\x82\xcc\x81"

Test(fields, characters_are_composed_before_they_are_counted)
{
    cr_assert_str_eq(faults_of("{\"title\":\"" IN_PIECES IN_PIECES IN_PIECES IN_PIECES IN_PIECES
                               "\"}"),
                     "");
    cr_assert_str_eq(thing.title, "ếếếếế");
    cr_assert_str_eq(faults_of("{\"title\":\"ếếếếếế\"}"), "/title too-long");
    cr_assert_str_eq(faults_of("{\"title\":\"😀😀😀😀😀\"}"), "");
}

Test(fields, blanks_alone_are_nothing_and_control_characters_are_malformed)
{
    cr_assert_str_eq(faults_of("{\"title\":\" \\t \"}"), "/title too-short");
    cr_assert_str_eq(faults_of("{\"title\":\"a\\nb\"}"), "/title malformed");
    cr_assert_str_eq(faults_of("{\"title\":\"a\\u0085b\"}"), "/title malformed");
    cr_assert_str_eq(faults_of("{\"title\":\"a\",\"text\":\"b\\u0007\"}"), "/text malformed");
    cr_assert_str_eq(faults_of("{\"title\":\"a\",\"text\":\"b\\rc\"}"), "/text malformed");
}

/* They were kept, and counted: a text of line ends alone was one. */
Test(fields, line_ends_around_a_text_of_several_lines_are_white_space)
{
    cr_assert_str_eq(faults_of("{\"title\":\"x\",\"text\":\" \\n\\r\\n a\\n\\nb \\n \\n\"}"), "");
    cr_assert_str_eq(thing.text, "a\n\nb");
    cr_assert_str_eq(faults_of("{\"title\":\"x\",\"text\":\" \\n \\n\"}"), "");
    cr_assert_str_eq(thing.text, "");
    cr_assert_str_eq(faults_of("{\"title\":\"x\\n\"}"), "/title malformed");
}

/* A text of U+00A0 or U+200B alone was once one of one character, and showed nothing. */
Test(fields, what_shows_nothing_is_nothing_in_whatever_form_it_comes)
{
    cr_assert_str_eq(faults_of("{\"title\":\"\\u00a0\\u200b\\u3000\\ufeff\"}"), "/title too-short");
    cr_assert_str_eq(faults_of("{\"title\":\"\\u00a0a\\u00a0b\\u200b\"}"), "");
    cr_assert_str_eq(thing.title, "a\xc2\xa0"
                                  "b");
    cr_assert_str_eq(faults_of("{\"title\":\"a\",\"text\":\"\\n b\\tc\\n\"}"), "");
    cr_assert_str_eq(thing.text, "b c");
}

Test(fields, pointers_are_escaped_and_strange_names_do_no_harm)
{
    cr_assert_str_eq(faults_of("{\"title\":\"a\",\"a/b~c\":1}"), "/a~1b~0c unknown");
    cr_assert_str_eq(faults_of("{\"title\":\"a\",\"\":1}"), "/ unknown");
    (void)faults_of("{\"title\":\"a\",\"ếếếếếếếếếếếếếếếếếếếếếếếếếếếếếếếếếếế\":1}");
    cr_assert_eq(faults.n, 1);
    cr_assert(slice_is_plain_utf8(slice_from(faults.list[0].pointer)), "cut between characters");
}

Test(fields, a_flood_of_unknown_members_is_cut)
{
    static char text[20000];
    size_t n = (size_t)snprintf(text, sizeof text, "{\"title\":\"a\"");

    for (int i = 0; i < 1000; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, ",\"m%d\":0", i);
    (void)snprintf(text + n, sizeof text - n, "}");
    (void)read_thing(text);
    cr_assert_eq(faults.n, FIELD_FAULTS_MAX);
}
