// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/message/fields.h"

#include "common/err.h"
#include "server/http/message/chars.h"

/* Fields that may appear once, those that the engine reads first. Their index is their bit. */
static const struct slice SINGLES[] = {
    SLICE_LITERAL("content-length"),
    SLICE_LITERAL("expect"),
    SLICE_LITERAL("host"),
    SLICE_LITERAL("transfer-encoding"),
    SLICE_LITERAL("authorization"),
    SLICE_LITERAL("content-encoding"),
    SLICE_LITERAL("content-type"),
    SLICE_LITERAL("date"),
    SLICE_LITERAL("from"),
    SLICE_LITERAL("if-modified-since"),
    SLICE_LITERAL("if-range"),
    SLICE_LITERAL("if-unmodified-since"),
    SLICE_LITERAL("max-forwards"),
    SLICE_LITERAL("origin"),
    SLICE_LITERAL("proxy-authorization"),
    SLICE_LITERAL("range"),
    SLICE_LITERAL("referer"),
    SLICE_LITERAL("sec-fetch-site"),
    SLICE_LITERAL("tus-resumable"),
    SLICE_LITERAL("upload-checksum"),
    SLICE_LITERAL("upload-length"),
    SLICE_LITERAL("upload-metadata"),
    SLICE_LITERAL("upload-offset"),
    SLICE_LITERAL("user-agent"),
};

enum { N_SINGLES = sizeof SINGLES / sizeof SINGLES[0] };

static const enum field_kind KINDS[] = {FIELD_CONTENT_LENGTH, FIELD_EXPECT, FIELD_HOST,
                                        FIELD_TRANSFER_ENCODING};

enum { N_KINDS = sizeof KINDS / sizeof KINDS[0] };

_Static_assert(N_SINGLES <= 32, "struct field_memory has 32 bits");

/* The field's place among SINGLES; N_SINGLES for every other. */
static size_t find_single(struct slice name)
{
    size_t i = 0;

    while (i < N_SINGLES &&
           (SINGLES[i].length != name.length || !slice_equals_nocase(name, SINGLES[i])))
        i++;
    return i;
}

int field_note(struct field_memory *memory, struct slice name)
{
    const size_t i = find_single(name);

    if (i == N_SINGLES)
        return slice_equals_nocase(name, slice_from("connection")) ? FIELD_CONNECTION : FIELD_OTHER;
    const uint32_t bit = (uint32_t)1 << i;
    if (memory->seen & bit)
        return ERR_INVALID;
    memory->seen |= bit;
    return i < N_KINDS ? (int)KINDS[i] : FIELD_SINGLE;
}

int field_parse_line(struct slice line, struct slice *ret_name, struct slice *ret_value)
{
    struct slice value = line;
    const struct slice name = slice_split(&value, ':');

    if (!value.data || !chars_all_in(&CHARS_TOKEN, name) || !chars_are_field_value(value))
        return ERR_INVALID;
    *ret_name = name;
    *ret_value = slice_trim(value);
    return 0;
}

int field_parse_length(struct slice value, uint64_t *ret_length)
{
    uint64_t length = 0;

    if (slice_to_u64(value, &length) < 0 || length > INT64_MAX)
        return ERR_INVALID;
    *ret_length = length;
    return 0;
}

static bool is_known_coding(struct slice name)
{
    static const char *const CODINGS[] = {"gzip",     "x-gzip",     "deflate",
                                          "compress", "x-compress", "identity"};

    for (size_t i = 0; i < sizeof CODINGS / sizeof CODINGS[0]; i++) {
        if (slice_equals_nocase(name, slice_from(CODINGS[i])))
            return true;
    }
    return false;
}

int field_parse_transfer_encoding(struct slice value)
{
    const struct slice chunked = slice_from("chunked");
    struct slice rest = value;

    if (slice_equals_nocase(value, chunked))
        return 0;
    if (slice_equals_nocase(value, slice_from("identity")))
        return ERR_UNSUPPORTED;
    while (rest.data) {
        const struct slice name = slice_trim(slice_split(&rest, ','));
        const bool is_last = !rest.data;
        if (is_last ? !slice_equals_nocase(name, chunked) : !is_known_coding(name))
            return ERR_INVALID;
    }
    return ERR_UNSUPPORTED;
}

static bool is_framing_field(struct slice name)
{
    return slice_equals_nocase(name, slice_from("content-length")) ||
           slice_equals_nocase(name, slice_from("transfer-encoding")) ||
           slice_equals_nocase(name, slice_from("host"));
}

int field_parse_connection(struct slice value, struct field_connection *options)
{
    struct slice rest = value;

    while (rest.data) {
        const struct slice name = slice_trim(slice_split(&rest, ','));
        if (is_framing_field(name))
            return ERR_INVALID;
        if (slice_equals_nocase(name, slice_from("close")))
            options->has_close = true;
        if (slice_equals_nocase(name, slice_from("keep-alive")))
            options->has_keep_alive = true;
    }
    return 0;
}
