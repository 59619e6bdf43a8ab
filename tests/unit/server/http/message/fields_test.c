// SPDX-License-Identifier: GPL-3.0-or-later
#include <criterion/criterion.h>

#include "common/err.h"
#include "server/http/message/fields.h"

Test(fields, knows_those_that_the_engine_reads)
{
    struct field_memory memory = {0};

    cr_assert_eq(field_note(&memory, slice_from("Host")), FIELD_HOST);
    cr_assert_eq(field_note(&memory, slice_from("CONTENT-LENGTH")), FIELD_CONTENT_LENGTH);
    cr_assert_eq(field_note(&memory, slice_from("transfer-encoding")), FIELD_TRANSFER_ENCODING);
    cr_assert_eq(field_note(&memory, slice_from("Expect")), FIELD_EXPECT);
    cr_assert_eq(field_note(&memory, slice_from("Connection")), FIELD_CONNECTION);
    cr_assert_eq(field_note(&memory, slice_from("Range")), FIELD_SINGLE);
    cr_assert_eq(field_note(&memory, slice_from("Accept")), FIELD_OTHER);
    cr_assert_eq(field_note(&memory, slice_from("hos")), FIELD_OTHER);
}

Test(fields, refuses_a_second_one_of_those_that_are_single)
{
    static const char *const NAMES[] = {"host",      "content-length", "transfer-encoding",
                                        "range",     "authorization",  "upload-offset",
                                        "user-agent"};

    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        struct field_memory memory = {0};
        cr_assert_geq(field_note(&memory, slice_from(NAMES[i])), 0);
        cr_assert_eq(field_note(&memory, slice_from(NAMES[i])), ERR_INVALID, "%s", NAMES[i]);
    }
}

Test(fields, lets_lists_repeat)
{
    struct field_memory memory = {0};

    for (int i = 0; i < 3; i++) {
        cr_assert_eq(field_note(&memory, slice_from("accept-encoding")), FIELD_OTHER);
        cr_assert_eq(field_note(&memory, slice_from("cookie")), FIELD_OTHER);
        cr_assert_eq(field_note(&memory, slice_from("connection")), FIELD_CONNECTION);
    }
}

Test(fields, splits_a_line)
{
    struct slice name;
    struct slice value;

    cr_assert_eq(field_parse_line(slice_from("A-b: \t x y \t"), &name, &value), 0);
    cr_assert(slice_is(name, "A-b"));
    cr_assert(slice_is(value, "x y"));
    cr_assert_eq(field_parse_line(slice_from("A:"), &name, &value), 0);
    cr_assert_eq(value.length, 0);
    cr_assert_eq(field_parse_line(slice_from("A:b:c"), &name, &value), 0);
    cr_assert(slice_is(value, "b:c"));
    cr_assert_eq(field_parse_line(slice_from("A: \xc3\xa9\x80"), &name, &value), 0);
}

Test(fields, refuses_malformed_lines)
{
    static const char *const LINES[] = {
        "A : b",    ": b",      "A",       "A b",     " A: b",   "\tA: b",  "A(: b",
        "A\x85: b", "A\xef: b", "A: \x01", "A: x\ry", "A: \x7f", "A: \x0b", "Content-Length 10",
    };
    struct slice name;
    struct slice value;

    for (size_t i = 0; i < sizeof LINES / sizeof LINES[0]; i++)
        cr_assert_eq(field_parse_line(slice_from(LINES[i]), &name, &value), ERR_INVALID, "%s",
                     LINES[i]);
    cr_assert_eq(field_parse_line(slice_of("A: \0b", 5), &name, &value), ERR_INVALID);
}

Test(fields, content_length_is_digits_and_nothing_else)
{
    static const char *const BAD[] = {"",    "+5",
                                      "-48", "0x10",
                                      "1_0", "1Z",
                                      "5,",  "5 5",
                                      " 5",  "18446744073709551616",
                                      "5.0", "9223372036854775808"};
    uint64_t length = 7;

    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
        cr_assert_eq(field_parse_length(slice_from(BAD[i]), &length), ERR_INVALID, "%s", BAD[i]);
    cr_assert_eq(length, 7);
    cr_assert_eq(field_parse_length(slice_from("0012"), &length), 0);
    cr_assert_eq(length, 12);
    cr_assert_eq(field_parse_length(slice_from("9223372036854775807"), &length), 0);
}

Test(fields, transfer_encoding_must_tell_where_the_body_ends)
{
    static const char *const BAD[] = {"gzip",
                                      "chunked, gzip",
                                      "chunked, chunked",
                                      ",chunked",
                                      "xchunked",
                                      "\x0b"
                                      "chunked",
                                      "chunked\xa0",
                                      "\"chunked\"",
                                      "",
                                      "chunked,",
                                      "x, chunked",
                                      "chunked;a=b"};
    static const char *const UNSUPPORTED[] = {"gzip, chunked", "identity", "deflate,gzip,CHUNKED"};

    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
        cr_assert_eq(field_parse_transfer_encoding(slice_from(BAD[i])), ERR_INVALID, "%s", BAD[i]);
    for (size_t i = 0; i < sizeof UNSUPPORTED / sizeof UNSUPPORTED[0]; i++)
        cr_assert_eq(field_parse_transfer_encoding(slice_from(UNSUPPORTED[i])), ERR_UNSUPPORTED);
    cr_assert_eq(field_parse_transfer_encoding(slice_from("chunked")), 0);
    cr_assert_eq(field_parse_transfer_encoding(slice_from("Chunked")), 0);
}

Test(fields, connection_collects_what_it_asks_for)
{
    struct field_connection options = {.has_close = false};

    cr_assert_eq(field_parse_connection(slice_from("Keep-Alive, Upgrade"), &options), 0);
    cr_assert(options.has_keep_alive && !options.has_close);
    cr_assert_eq(field_parse_connection(slice_from("CLOSE"), &options), 0);
    cr_assert(options.has_close);
}

Test(fields, connection_may_not_name_framing_fields)
{
    struct field_connection options = {.has_close = false};

    cr_assert_eq(field_parse_connection(slice_from("Content-Length"), &options), ERR_INVALID);
    cr_assert_eq(field_parse_connection(slice_from("close, Host"), &options), ERR_INVALID);
    cr_assert_eq(field_parse_connection(slice_from("x,transfer-encoding"), &options), ERR_INVALID);
}
