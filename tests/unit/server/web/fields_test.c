// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/web/fields.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "common/id.h"
#include "common/json.h"
#include "server/http/message/request.h"

#define AN_ID "0123456789abcdef0123456789abcdef"

enum { TITLE_CHARS = 5, TEXT_CHARS = 10 };

struct thing {
    char title[4 * TITLE_CHARS + 1];
    char text[4 * TEXT_CHARS + 1];
    int64_t n;
    bool is_open;
    char course[ID_SIZE];
    int kind;
    int64_t begins;
    char password[9];
};

static const char *const KINDS[] = {"news", "alarm", NULL};

static const struct field FIELDS[] = {
    FIELD(FIELD_TEXT, struct thing, title, .min = 1, .max = TITLE_CHARS, .is_required = true),
    FIELD(FIELD_TEXT, struct thing, text, .max = TEXT_CHARS, .is_multiline = true),
    FIELD(FIELD_INT, struct thing, n, .min = -3, .max = 9),
    FIELD(FIELD_BOOL, struct thing, is_open),
    FIELD(FIELD_ID, struct thing, course, .may_be_null = true),
    FIELD(FIELD_WORD, struct thing, kind, .words = KINDS),
    FIELD(FIELD_TIME, struct thing, begins),
    FIELD(FIELD_SECRET, struct thing, password),
};

enum { N_FIELDS = sizeof FIELDS / sizeof FIELDS[0] };

static struct thing thing;
static struct field_faults faults;

static struct fields_seen read_thing(const char *text)
{
    json_t *object = NULL;

    thing = (struct thing){.n = 7};
    cr_assert_eq(json_parse(slice_from(text), &object), 0, "%s", text);
    const struct fields_seen seen = fields_read(object, FIELDS, N_FIELDS, &thing, &faults);
    json_decref(object);
    return seen;
}

/* The faults as "/pointer code, /pointer code". */
static const char *list_faults(void)
{
    static char list[2000];
    size_t n = 0;

    list[0] = '\0';
    for (size_t i = 0; i < faults.n; i++)
        n += (size_t)snprintf(list + n, sizeof list - n, "%s%s %s", i ? ", " : "",
                              faults.list[i].pointer, faults.list[i].code);
    return list;
}

static const char *faults_of(const char *text)
{
    (void)read_thing(text);
    return list_faults();
}

Test(fields, what_is_given_fills_the_struct)
{
    const struct fields_seen seen =
        read_thing("{\"title\":\" Toán \",\"text\":\"a\\r\\nb\",\"n\":-3,\"is_open\":true,"
                   "\"course\":\"" AN_ID "\",\"kind\":\"alarm\"}");

    cr_assert_eq(faults.n, 0);
    cr_assert_eq(seen.given, 0x3f);
    cr_assert_eq(seen.null, 0);
    cr_assert_str_eq(thing.title, "Toán");
    cr_assert_str_eq(thing.text, "a\nb");
    cr_assert_eq(thing.n, -3);
    cr_assert(thing.is_open);
    cr_assert_str_eq(thing.course, AN_ID);
    cr_assert_eq(thing.kind, 1);
}

Test(fields, what_is_absent_leaves_the_struct_and_null_is_not_absent)
{
    cr_assert_eq(read_thing("{\"title\":\"x\"}").given, 1);
    cr_assert_eq(thing.n, 7);
    const struct fields_seen seen = read_thing("{\"title\":\"x\",\"course\":null}");
    cr_assert_eq(seen.given, 1 | 1 << 4);
    cr_assert_eq(seen.null, 1 << 4, "null can be told from what it would be read as");
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

Test(fields, times_are_read_in_any_zone)
{
    cr_assert_str_eq(faults_of("{\"title\":\"a\",\"begins\":\"2026-12-01T07:00:00.5+07:00\"}"), "");
    cr_assert_eq(thing.begins, 1796083200500);
    cr_assert_str_eq(faults_of("{\"title\":\"a\",\"begins\":\"2026-12-01\"}"), "/begins malformed");
    cr_assert_str_eq(faults_of("{\"title\":\"a\",\"begins\":1796083200}"), "/begins wrong-type");
}

Test(fields, a_secret_stays_as_it_was_typed)
{
    cr_assert_str_eq(faults_of("{\"title\":\"a\",\"password\":\" " IN_PIECES "\\t \"}"), "");
    cr_assert_str_eq(thing.password, " " IN_PIECES "\t ");
    cr_assert_str_eq(faults_of("{\"title\":\"a\",\"password\":\"123456789\"}"),
                     "/password too-long");
}

/* ---- queries ---- */

static const char *faults_of_query(const char *query)
{
    const struct http_request request = {.query = slice_from(query)};

    thing = (struct thing){.n = 7};
    (void)fields_read_query(&request, FIELDS, N_FIELDS, &thing, &faults);
    return list_faults();
}

Test(fields, a_query_is_read_as_a_body_is)
{
    cr_assert_str_eq(faults_of_query("title=+To%C3%A1n+&n=-3&is_open=1&course=" AN_ID
                                     "&kind=alarm&begins=1970-01-01T00%3A00%3A01Z&utm=x"),
                     "");
    cr_assert_str_eq(thing.title, "Toán");
    cr_assert_eq(thing.n, -3);
    cr_assert(thing.is_open);
    cr_assert_str_eq(thing.course, AN_ID);
    cr_assert_eq(thing.kind, 1);
    cr_assert_eq(thing.begins, 1000);
    cr_assert_str_eq(faults_of_query("title=a&is_open=false"), "");
    cr_assert(!thing.is_open);
    cr_assert_eq(thing.n, 7);
}

Test(fields, everything_that_is_wrong_with_a_query_is_told_at_once)
{
    cr_assert_str_eq(faults_of_query("n=10&is_open=yes&kind=&course=x"),
                     "/title required, /n too-large, /is_open wrong-type, /course malformed,"
                     " /kind not-one-of");
    cr_assert_str_eq(faults_of_query("title=&n=1.5"), "/title too-short, /n wrong-type");
    cr_assert_str_eq(faults_of_query("title=a%00b&n="), "/title malformed, /n wrong-type");
    cr_assert_str_eq(faults_of_query("title=a%f"), "/title malformed");
    cr_assert_str_eq(faults_of_query("title=a%zz"), "/title malformed");
    cr_assert_str_eq(faults_of_query("title=%ff"), "/title malformed");
    cr_assert_str_eq(faults_of_query("title=abcdef"), "/title too-long");
}

/* ---- many tables, many values; the same in every run ---- */

static uint64_t state = 1;

static int64_t below(int64_t n)
{
    state = state * 6364136223846793005U + 1442695040888963407U;
    return (int64_t)((state >> 33) % (uint64_t)n);
}

enum { SOME_CHARS = 12, N_ROUNDS = 20000 };

/* Its neighbours in memory are watched. */
struct guarded {
    char before[8];
    char text[4 * SOME_CHARS + 1];
    char between[8];
    int64_t n;
    char after[8];
};

#define GUARD "guarded"

/* So many characters, some of which come in pieces or take four bytes, with blanks around them;
 * one that is malformed among them when there is to be. */
static void write_text(struct buf *json, int64_t n, bool is_malformed)
{
    static const char *const CHARS[] = {"a", "đ", IN_PIECES, "ế", "😀"};
    static const char *const WRONG[] = {"\\n", "\\u009f", "\\u007f"};
    const int64_t wrong_at = is_malformed ? below(n) : -1;

    buf_append_text(json, below(2) ? " \\t" : "");
    for (int64_t i = 0; i < n; i++)
        buf_append_text(json, i == wrong_at ? WRONG[below(3)] : CHARS[below(5)]);
    buf_append_text(json, below(2) ? "  " : "");
}

/* What is wrong with a text of so many characters, by the book. */
static const char *text_fault(const struct field *field, int64_t n, bool is_malformed)
{
    if (is_malformed)
        return "malformed";
    if (n < field->min)
        return "too-short";
    return n > field->max ? "too-long" : NULL;
}

static const char *int_fault(const struct field *field, int64_t n)
{
    if (n < field->min)
        return "too-small";
    return n > field->max ? "too-large" : NULL;
}

static void expect(const char *text, size_t *i, const char *pointer, const char *code)
{
    if (!code)
        return;
    cr_assert_lt(*i, faults.n, "%s: no %s %s", text, pointer, code);
    cr_assert_str_eq(faults.list[*i].pointer, pointer, "%s", text);
    cr_assert_str_eq(faults.list[*i].code, code, "%s", text);
    (*i)++;
}

static void try_a_table(void)
{
    const int64_t least = below(SOME_CHARS), n_chars = 1 + below(SOME_CHARS + 3);
    const int64_t low = below(9) - 4, number = below(14) - 6;
    const struct field fields[] = {
        FIELD(FIELD_TEXT, struct guarded, text, .min = least,
              .max = least + below(SOME_CHARS - least) + 1, .is_required = true),
        FIELD(FIELD_INT, struct guarded, n, .min = low, .max = low + below(4)),
    };
    const bool is_malformed = below(6) == 0, has_text = below(8) != 0, has_number = below(3) != 0;
    struct guarded value = {GUARD, "", GUARD, 99, GUARD};
    struct buf json = buf_with_limit(1000);
    json_t *object = NULL;
    size_t i = 0;

    buf_append_char(&json, '{');
    if (has_number)
        buf_printf(&json, "\"n\":%d%s", (int)number, has_text ? "," : "");
    if (has_text) {
        buf_append_text(&json, "\"text\":\"");
        write_text(&json, n_chars, is_malformed);
        buf_append_char(&json, '"');
    }
    buf_append_char(&json, '}');
    cr_assert_eq(json_parse(buf_slice(&json), &object), 0, "%s", json.data);
    (void)fields_read(object, fields, 2, &value, &faults);
    expect(json.data, &i, "/text",
           has_text ? text_fault(&fields[0], n_chars, is_malformed) : "required");
    expect(json.data, &i, "/n", has_number ? int_fault(&fields[1], number) : NULL);
    cr_assert_eq(faults.n, i, "%s: more faults than there are", json.data);
    cr_assert(strcmp(value.before, GUARD) == 0 && strcmp(value.between, GUARD) == 0 &&
                  strcmp(value.after, GUARD) == 0,
              "%s", json.data);
    cr_assert(value.n == 99 || value.n == number);
    json_decref(object);
    buf_clear(&json);
}

Test(fields, generated_tables_and_values_are_judged_by_the_book)
{
    for (int round = 0; round < N_ROUNDS; round++)
        try_a_table();
}
