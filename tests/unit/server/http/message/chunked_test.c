// SPDX-License-Identifier: GPL-3.0-or-later
#include <criterion/criterion.h>

#include "common/buf.h"
#include "common/err.h"
#include "server/http/message/chunked.h"

/* Decodes the text given in pieces of `step` bytes. Returns 0 with the body in *ret_body when it
 * ended, ERR_AGAIN when it did not, or the failure; *ret_rest is what follows the body. */
static int decode(const char *text, size_t length, size_t step, struct buf *ret_body,
                  size_t *ret_rest)
{
    struct chunked c = {.state = CHUNKED_SIZE};

    buf_reset(ret_body);
    for (size_t at = 0; at < length; at += step) {
        struct slice input = slice_of(text + at, length - at < step ? length - at : step);
        while (input.length > 0 && c.state != CHUNKED_DONE) {
            struct slice data;
            const int err = chunked_next(&c, &input, &data);
            if (err < 0)
                return err;
            buf_append_slice(ret_body, data);
        }
        if (c.state == CHUNKED_DONE) {
            *ret_rest = length - at - (length - at < step ? length - at : step) + input.length;
            return 0;
        }
    }
    return ERR_AGAIN;
}

/* At every way to cut the input into equal pieces. */
static void check(const char *text, int expected, const char *body, size_t rest)
{
    struct buf got = buf_with_limit(1 << 20);

    for (size_t step = 1; step <= strlen(text); step++) {
        size_t got_rest = 0;
        cr_assert_eq(decode(text, strlen(text), step, &got, &got_rest), expected, "%s by %zu", text,
                     step);
        if (expected == 0) {
            cr_assert(slice_is(buf_slice(&got), body), "%s by %zu", text, step);
            cr_assert_eq(got_rest, rest, "%s by %zu", text, step);
        }
    }
    buf_clear(&got);
}

Test(chunked, joins_the_chunks)
{
    check("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", 0, "hello world", 0);
    check("0\r\n\r\n", 0, "", 0);
    check("000A\r\n0123456789\r\n0\r\n\r\n", 0, "0123456789", 0);
    check("a\r\n0123456789\r\n000\r\n\r\n", 0, "0123456789", 0);
}

Test(chunked, leaves_the_next_request_alone)
{
    check("1\r\nx\r\n0\r\n\r\nGET /", 0, "x", 5);
}

Test(chunked, drops_extensions_and_trailers)
{
    check("1;a=b;c=\"d e\"\r\nx\r\n0;last\r\nHost: evil\r\nX-A:\tb\r\n\r\n", 0, "x", 0);
}

Test(chunked, waits_for_the_rest)
{
    check("5\r\nhel", ERR_AGAIN, NULL, 0);
    check("0\r\n\r", ERR_AGAIN, NULL, 0);
    check("0\r\nX: y\r\n", ERR_AGAIN, NULL, 0);
}

Test(chunked, refuses_malformed_sizes)
{
    static const char *const SIZES[] = {
        "\r\n",
        " 5\r\nhello\r\n",
        "5 \r\nhello\r\n",
        "+5\r\nhello\r\n",
        "-1\r\n",
        "0x5\r\nhello",
        "0_2e\r\n",
        "g\r\n",
        "5\nhello",
        "5\rXhello",
        "FFFFFFFFFFFFFFED\r\nxx",
        "00000000000000005\r\nhello\r\n",
        ";a\r\n",
        "5,\r\nhello",
    };

    for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++)
        check(SIZES[i], ERR_INVALID, NULL, 0);
}

Test(chunked, refuses_data_that_does_not_end_where_it_said)
{
    check("4\r\nSEE-THIS\r\n0\r\n\r\n", ERR_INVALID, NULL, 0);
    check("5\r\nhello0\r\n\r\n", ERR_INVALID, NULL, 0);
    check("5\r\nhello\n0\r\n\r\n", ERR_INVALID, NULL, 0);
    check("5\r\nhello\rX", ERR_INVALID, NULL, 0);
}

Test(chunked, refuses_broken_extensions_and_trailers)
{
    check("5;a\r\rhello", ERR_INVALID, NULL, 0);
    check("5;a\x01\r\nhello", ERR_INVALID, NULL, 0);
    check("5;a\nhello", ERR_INVALID, NULL, 0);
    check("0\r\nno colon\r\n\r\n", ERR_INVALID, NULL, 0);
    check("0\r\nnocolon\r\n\r\n", ERR_INVALID, NULL, 0);
    check("0\r\n: v\r\n\r\n", ERR_INVALID, NULL, 0);
    check("0\r\n folded: v\r\n\r\n", ERR_INVALID, NULL, 0);
    check("0\r\nA: b\n\r\n", ERR_INVALID, NULL, 0);
    check("0\r\nA: \x02\r\n\r\n", ERR_INVALID, NULL, 0);
    check("0\r\n\n", ERR_INVALID, NULL, 0);
}

static int decode_padded(const char *before, size_t n, const char *after)
{
    struct buf text = buf_with_limit(1 << 20);
    struct buf body = buf_with_limit(1 << 20);
    size_t rest = 0;

    buf_append_text(&text, before);
    for (size_t i = 0; i < n; i++)
        buf_append_char(&text, 'a');
    buf_append_text(&text, after);
    const int err = decode(text.data, text.length, 100, &body, &rest);
    buf_clear(&text);
    buf_clear(&body);
    return err;
}

Test(chunked, limits_extensions_and_trailers)
{
    cr_assert_eq(decode_padded("1;", 1024, "\r\nx\r\n0\r\n\r\n"), 0);
    cr_assert_eq(decode_padded("1;", 1025, "\r\nx\r\n0\r\n\r\n"), ERR_INVALID);
    cr_assert_eq(decode_padded("0\r\nA: ", 4000, "\r\n\r\n"), 0);
    cr_assert_eq(decode_padded("0\r\nA: ", 4096, "\r\n\r\n"), ERR_INVALID);
}

Test(chunked, limits_extensions_over_all_chunks)
{
    struct buf text = buf_with_limit(1 << 20);
    struct buf body = buf_with_limit(1 << 20);
    size_t rest = 0;

    for (int i = 0; i < 200; i++)
        buf_append_text(&text, "1;abcdefgh\r\nx\r\n");
    buf_append_text(&text, "0\r\n\r\n");
    cr_assert_eq(decode(text.data, text.length, 1000, &body, &rest), ERR_INVALID);
    buf_clear(&text);
    buf_clear(&body);
}
