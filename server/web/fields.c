// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/web/fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/id.h"
#include "common/json.h"
#include "common/json_writer.h"
#include "server/http/exchange/problem.h"
#include "server/http/message/chars.h"
#include "server/http/message/request.h"
#include "server/web/problem.h"

static const char REQUIRED[] = "required";
static const char WRONG_TYPE[] = "wrong-type";
static const char UNKNOWN[] = "unknown";
static const char MALFORMED[] = "malformed";
static const char TOO_SHORT[] = "too-short";
static const char TOO_LONG[] = "too-long";
static const char TOO_SMALL[] = "too-small";
static const char TOO_LARGE[] = "too-large";
static const char NOT_ONE_OF[] = "not-one-of";

/* "/name", with "~" and "/" of the name escaped as RFC 6901 §3 says. */
static void write_pointer(const char *name, char pointer[FIELD_POINTER_SIZE])
{
    struct buf b = buf_with_limit((size_t)FIELD_POINTER_SIZE * 2);
    struct slice text;

    buf_append_char(&b, '/');
    for (; *name && b.length < FIELD_POINTER_SIZE; name++) {
        if (*name == '~' || *name == '/')
            buf_append_text(&b, *name == '~' ? "~0" : "~1");
        else
            buf_append_char(&b, *name);
    }
    text = buf_slice(&b);
    if (text.length >= FIELD_POINTER_SIZE)
        text.length = FIELD_POINTER_SIZE - 1;
    while (text.length > 0 && !slice_is_plain_utf8(text))
        text.length--; /* a character that was cut */
    (void)slice_to_cstr(text, pointer, FIELD_POINTER_SIZE);
    buf_clear(&b);
}

static void add_fault(struct field_faults *faults, const char *name, const char *code)
{
    if (faults->n >= FIELD_FAULTS_MAX)
        return;
    struct field_fault *fault = &faults->list[faults->n++];
    write_pointer(name, fault->pointer);
    fault->code = code;
}

/* ---- texts ---- */

static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

/* Counts characters; (size_t)-1 for a control character that the field does not take. */
static size_t count_characters(const struct field *field, struct slice text)
{
    size_t n = 0;

    for (; text.length > 0; n++) {
        uint32_t c = 0;
        const size_t length = slice_first_char(text, &c);
        if (length == 0 || (is_control(c) && !(c == '\n' && field->is_multiline)))
            return (size_t)-1;
        text = slice_skip(text, length);
    }
    return n;
}

/* Of several lines: line ends as browsers and phones send them become one, and a tab, which comes
 * with what was copied from elsewhere, a blank. In place. */
static void tidy_lines(char *text)
{
    char *to = text;

    for (const char *from = text; *from; from++) {
        if (from[0] == '\r' && from[1] == '\n')
            continue;
        *to++ = *from == '\t' ? ' ' : *from;
    }
    *to = '\0';
}

/* What shows nothing: a text of such characters alone is an empty one. */
static bool is_blank(const struct field *field, uint32_t c)
{
    const utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);

    return c == '\t' || (c == '\n' && field->is_multiline) || c == 0x200b || c == 0xfeff ||
           category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
           category == UTF8PROC_CATEGORY_ZP;
}

/* Without what shows nothing at either end. */
static struct slice trim(const struct field *field, struct slice text)
{
    size_t from = text.length, to = 0;

    for (size_t at = 0, n; at < text.length; at += n) {
        uint32_t c = 0;
        n = slice_first_char(slice_skip(text, at), &c);
        n = n ? n : 1;
        if (is_blank(field, c))
            continue;
        from = from < at ? from : at;
        to = at + n;
    }
    return to > from ? slice_of(text.data + from, to - from) : slice_of(text.data, 0);
}

/* What is wrong with a text, or NULL when it is in the struct. */
static const char *take_text(const struct field *field, const char *given, char *to)
{
    char *composed = (char *)utf8proc_NFC((const utf8proc_uint8_t *)given);

    if (!composed)
        return MALFORMED;
    if (field->is_multiline)
        tidy_lines(composed);
    const struct slice text = trim(field, slice_from(composed));
    const size_t n = count_characters(field, text);
    const char *fault = NULL;
    if (n == (size_t)-1)
        fault = MALFORMED;
    else if (n < (size_t)field->min)
        fault = TOO_SHORT;
    else if (n > (size_t)field->max || slice_to_cstr(text, to, field->size))
        fault = TOO_LONG;
    free(composed);
    return fault;
}

/* ---- a member ---- */

static const char *take_word(const struct field *field, const char *given, int *to)
{
    for (int i = 0; field->words[i]; i++) {
        if (strcmp(field->words[i], given) == 0) {
            *to = i;
            return NULL;
        }
    }
    return NOT_ONE_OF;
}

static const char *take_id(const char *given, char *to)
{
    if (!id_is_valid(slice_from(given)))
        return MALFORMED;
    memcpy(to, given, ID_SIZE);
    return NULL;
}

/* given is a C string: it holds no NUL. */
static const char *take_string(const struct field *field, const char *given, void *to)
{
    switch (field->kind) {
    case FIELD_TEXT:
        return take_text(field, given, to);
    case FIELD_WORD:
        return take_word(field, given, to);
    case FIELD_TIME:
        return clock_parse_rfc3339(slice_from(given), to) ? MALFORMED : NULL;
    case FIELD_SECRET:
        return slice_to_cstr(slice_from(given), to, field->size) ? TOO_LONG : NULL;
    default:
        return take_id(given, to);
    }
}

static const char *take_int(const struct field *field, int64_t given, int64_t *to)
{
    if (given < field->min)
        return TOO_SMALL;
    if (given > field->max)
        return TOO_LARGE;
    *to = given;
    return NULL;
}

static const char *take(const struct field *field, const json_t *given, void *to)
{
    if (json_is_null(given))
        return field->may_be_null ? NULL : WRONG_TYPE;
    if (field->kind == FIELD_INT)
        return json_is_integer(given) ? take_int(field, json_integer_value(given), to) : WRONG_TYPE;
    if (field->kind == FIELD_BOOL) {
        *(bool *)to = json_is_true(given);
        return json_is_boolean(given) ? NULL : WRONG_TYPE;
    }
    if (!json_is_string(given))
        return WRONG_TYPE;
    if (strlen(json_string_value(given)) != json_string_length(given))
        return MALFORMED; /* it holds a NUL */
    return take_string(field, json_string_value(given), to);
}

static bool is_known(const struct field *fields, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(fields[i].name, name) == 0)
            return true;
    return false;
}

struct fields_seen fields_read(const json_t *object, const struct field *fields, size_t n,
                               void *ret_values, struct field_faults *ret_faults)
{
    struct fields_seen seen = {0};
    const char *name;
    json_t *value;

    ret_faults->n = 0;
    for (size_t i = 0; i < n; i++) {
        const json_t *member = json_object_get(object, fields[i].name);
        const char *fault = NULL;
        if (member)
            fault = take(&fields[i], member, (char *)ret_values + fields[i].offset);
        else if (fields[i].is_required)
            fault = REQUIRED;
        if (fault)
            add_fault(ret_faults, fields[i].name, fault);
        seen.given |= (uint32_t)(member && !fault) << i;
        seen.null |= (uint32_t)(json_is_null(member) && !fault) << i;
    }
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        if (!is_known(fields, n, name))
            add_fault(ret_faults, name, UNKNOWN);
    }
    return seen;
}

/* ---- queries ---- */

/* The character at the front, taken off; -1 for a broken code and for NUL. */
static int take_coded(struct slice *rest)
{
    const bool is_coded = rest->data[0] == '%';
    int c = rest->data[0] == '+' ? ' ' : (unsigned char)rest->data[0];

    if (is_coded) {
        const int high = rest->length > 2 ? char_hex_value(rest->data[1]) : -1;
        const int low = rest->length > 2 ? char_hex_value(rest->data[2]) : -1;
        c = high < 0 || low < 0 ? -1 : high * 16 + low;
    }
    *rest = slice_skip(*rest, is_coded ? 3 : 1);
    return c > 0 ? c : -1;
}

/* Returns a C string to free, or NULL: broken, or no memory. */
static char *decode(struct slice raw)
{
    char *text = malloc(raw.length + 1);
    size_t n = 0;

    while (text && raw.length > 0) {
        const int c = take_coded(&raw);
        if (c < 0) {
            free(text);
            return NULL;
        }
        text[n++] = (char)c;
    }
    if (text)
        text[n] = '\0';
    return text;
}

static const char *take_bool_text(const char *given, bool *to)
{
    *to = strcmp(given, "1") == 0 || strcmp(given, "true") == 0;
    return *to || strcmp(given, "0") == 0 || strcmp(given, "false") == 0 ? NULL : WRONG_TYPE;
}

static const char *take_int_text(const struct field *field, const char *given, int64_t *to)
{
    int64_t value = 0;

    return slice_to_i64(slice_from(given), &value) ? WRONG_TYPE : take_int(field, value, to);
}

static const char *take_parameter(const struct field *field, struct slice raw, void *to)
{
    char *text = decode(raw);
    const char *fault = MALFORMED;

    if (text && field->kind == FIELD_INT)
        fault = take_int_text(field, text, to);
    else if (text && field->kind == FIELD_BOOL)
        fault = take_bool_text(text, to);
    else if (text)
        fault = take_string(field, text, to);
    free(text);
    return fault;
}

struct fields_seen fields_read_query(const struct http_request *request, const struct field *fields,
                                     size_t n, void *ret_values, struct field_faults *ret_faults)
{
    struct fields_seen seen = {0};

    ret_faults->n = 0;
    for (size_t i = 0; i < n; i++) {
        const struct slice raw = http_request_query(request, fields[i].name);
        const char *fault = NULL;
        if (raw.data)
            fault = take_parameter(&fields[i], raw, (char *)ret_values + fields[i].offset);
        else if (fields[i].is_required)
            fault = REQUIRED;
        if (fault)
            add_fault(ret_faults, fields[i].name, fault);
        seen.given |= (uint32_t)(raw.data && !fault) << i;
    }
    return seen;
}

void answer_faults(struct http_exchange *x, const struct field_faults *faults)
{
    CLEANUP(buf_clear) struct buf members = buf_with_limit(16384);

    json_begin_array(&members, "errors");
    for (size_t i = 0; i < faults->n; i++) {
        json_begin_object(&members, NULL);
        json_put_text(&members, "pointer", faults->list[i].pointer);
        json_put_text(&members, "code", faults->list[i].code);
        json_end_object(&members);
    }
    json_end_array(&members);
    if (members.err)
        answer_problem(x, PROBLEM_NO_MEMORY);
    else
        http_answer_problem_more(x, problem_row(PROBLEM_FIELDS_INVALID), NULL, NULL,
                                 buf_slice(&members));
}
