// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/exchange/negotiate.h"

#include "tests/unit/server/http/fake_protocol.h"

static char text[HTTP_MAX_BROTLI_BYTES + 1];

static void set_up(void)
{
    fake_set_up();
    memset(text, 'x', sizeof text);
}

static void tear_down(void)
{
    exchange_release(fake_x, true);
    fake_tear_down();
}

TestSuite(negotiate, .init = set_up, .fini = tear_down);

/* The coding for a body of that length, "-" for none. */
static const char *coding_of(const char *accepted, size_t length)
{
    const struct http_header field = HTTP_HEADER("Accept-Encoding", accepted);
    struct slice body = slice_of(text, length);

    fake_request(HTTP_GET, &field, 1);
    const char *coding = compress_body(fake_x, &body);
    cr_assert_eq(!coding, body.data == text && body.length == length);
    cr_assert(!coding || body.length < length);
    return coding ? coding : "-";
}

Test(negotiate, the_better_coding_that_the_client_takes)
{
    cr_assert_str_eq(coding_of("gzip, br", 1000), "br");
    cr_assert_str_eq(coding_of("gzip", 1000), "gzip");
    cr_assert_str_eq(coding_of("br;q=0, gzip", 1000), "gzip");
    cr_assert_str_eq(coding_of("identity", 1000), "-");
    cr_assert_str_eq(coding_of("gzip, br", HTTP_MIN_COMPRESS_BYTES - 1), "-");
    cr_assert_str_eq(coding_of("gzip, br", sizeof text), "gzip");
}
