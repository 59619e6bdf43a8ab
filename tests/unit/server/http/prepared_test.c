// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/prepared.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "fake_protocol.h"
#include "server/http/file_core.h"

enum { FILE_BYTES = 200 * 1000 };

static const struct http_header MORE_FIELDS[] = {
    {SLICE_LITERAL("Access-Control-Allow-Origin"), SLICE_LITERAL("*")}};
static const struct http_headers MORE = {MORE_FIELDS, 1};
static const struct http_representation MEDIA = {.content_type = "video/mp4",
                                                 .etag = "\"v1\"",
                                                 .cache_control = "max-age=9",
                                                 .headers = &MORE};
static const struct http_representation TEXT = {.content_type = "application/vnd.apple.mpegurl",
                                                .etag = "\"v1\"",
                                                .is_compressible = true};

static struct http_file file = {.n_references = 1};
static char bytes[FILE_BYTES];
static struct slice h1_block; /* of the last answer */
static void (*inner_answer)(struct http_exchange *x, const struct answer_head *head);

static void note_answer(struct http_exchange *x, const struct answer_head *head)
{
    static char copy[8192];

    cr_assert_lt(head->h1_block.length, sizeof copy);
    memcpy(copy, head->h1_block.data ? head->h1_block.data : "", head->h1_block.length);
    h1_block = slice_of(copy, head->h1_block.length);
    inner_answer(x, head);
}

static void renew_exchange(void)
{
    static struct exchange_protocol protocol;

    protocol = FAKE_PROTOCOL;
    inner_answer = FAKE_PROTOCOL.answer;
    protocol.answer = note_answer;
    fake_x->protocol = &protocol;
    buf_reset(&fake_head);
    buf_reset(&fake_body);
}

static void set_up(void)
{
    char path[] = "/tmp/banmai-prepared-XXXXXX";

    fake_set_up();
    renew_exchange();
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 31 + i / 256);
    file.fd = mkstemp(path);
    file.size = sizeof bytes;
    cr_assert_geq(file.fd, 0);
    cr_assert_eq(write(file.fd, bytes, sizeof bytes), (ssize_t)sizeof bytes);
    cr_assert_eq(unlink(path), 0);
}

static void tear_down(void)
{
    fake_tear_down();
    cr_assert_eq(file.n_references, 1);
    close(file.fd);
}

TestSuite(prepared, .init = set_up, .fini = tear_down);

static void next_exchange(void)
{
    static const struct http_peer PEER = {.address = "192.0.2.1"};

    exchange_release(fake_x, true);
    fake_x = exchange_new(&fake_loop, &PEER);
    renew_exchange();
}

/* Asks for the same in both ways and compares what is answered. */
static void check_is_like(uint64_t offset, uint64_t length, const struct http_header *fields,
                          size_t n)
{
    struct http_prepared *p = NULL;
    char head[4096];

    fake_request(HTTP_GET, fields, n);
    http_answer_file(fake_x, &MEDIA, &file, offset, length);
    snprintf(head, sizeof head, "%s", fake_head.data);
    struct buf body = fake_body;
    fake_body = buf_with_limit(FAKE_LIMIT);
    next_exchange();

    cr_assert_eq(http_prepared_new_file(&MEDIA, &file, offset, length, &p), 0);
    fake_request(HTTP_GET, fields, n);
    http_answer_prepared(fake_x, p);
    http_prepared_unref(p);
    cr_assert_str_eq(fake_head.data, head);
    cr_assert(slice_equals(buf_slice(&fake_body), buf_slice(&body)));
    buf_clear(&body);
    exchange_release(fake_x, true);
}

Test(prepared, a_small_part_is_answered_as_from_the_file)
{
    check_is_like(700, 5000, NULL, 0);
}

Test(prepared, a_long_part_that_begins_inside_a_page)
{
    check_is_like(700, 150 * 1000, NULL, 0);
}

Test(prepared, a_long_part_that_begins_with_a_page)
{
    check_is_like(8192, 150 * 1000, NULL, 0);
}

Test(prepared, ranges_and_conditions_are_heeded)
{
    const struct http_header range = HTTP_HEADER("Range", "bytes=10-20");
    const struct http_header same = HTTP_HEADER("If-None-Match", "\"v1\"");

    check_is_like(700, 150 * 1000, &range, 1);
    fake_x = exchange_new(&fake_loop, &(struct http_peer){.uid = 0});
    renew_exchange();
    check_is_like(700, 5000, &same, 1);
}

Test(prepared, the_http_1_text_says_the_same_as_the_fields)
{
    struct http_prepared *p = NULL;

    cr_assert_eq(http_prepared_new_file(&MEDIA, &file, 0, 3, &p), 0);
    fake_request(HTTP_GET, NULL, 0);
    http_answer_prepared(fake_x, p);
    http_prepared_unref(p);
    cr_assert(slice_is(h1_block, "etag: \"v1\"\r\ncache-control: max-age=9\r\n"
                                 "accept-ranges: bytes\r\ncontent-type: video/mp4\r\n"
                                 "Access-Control-Allow-Origin: *\r\ncontent-length: 3\r\n"));
    exchange_release(fake_x, true);
}

Test(prepared, a_value_with_a_line_end_is_left_out)
{
    const struct http_representation split = {.content_type = "a/b\r\nset-cookie: x"};
    struct http_prepared *p = NULL;

    cr_assert_eq(http_prepared_new_bytes(&split, slice_from("abc"), &p), 0);
    fake_request(HTTP_GET, NULL, 0);
    http_answer_prepared(fake_x, p);
    http_prepared_unref(p);
    cr_assert(slice_is(h1_block, "content-length: 3\r\n"));
    exchange_release(fake_x, true);
}

Test(prepared, text_is_compressed_once_for_those_who_accept_it)
{
    const struct http_header accepts = HTTP_HEADER("accept-encoding", "gzip, br");
    struct http_prepared *p = NULL;
    static char text[4000];

    memset(text, 'a', sizeof text);
    cr_assert_eq(http_prepared_new_bytes(&TEXT, slice_of(text, sizeof text), &p), 0);
    for (int i = 0; i < 2; i++) {
        fake_request(HTTP_GET, &accepts, 1);
        http_answer_prepared(fake_x, p);
        cr_assert_lt(fake_body.length, 200);
        cr_assert(fake_head_has("content-encoding: gzip\n"));
        cr_assert(fake_head_has("etag: \"v1-gz\"\n"));
        cr_assert(fake_head_has("vary: accept-encoding\n"));
        next_exchange();
    }
    fake_request(HTTP_GET, NULL, 0);
    http_answer_prepared(fake_x, p);
    cr_assert_eq(fake_body.length, sizeof text);
    cr_assert_not(fake_head_has("content-encoding"));
    http_prepared_unref(p);
    exchange_release(fake_x, true);
}

Test(prepared, head_has_no_body)
{
    struct http_prepared *p = NULL;

    cr_assert_eq(http_prepared_new_bytes(&TEXT, slice_from("abc"), &p), 0);
    fake_request(HTTP_HEAD, NULL, 0);
    http_answer_prepared(fake_x, p);
    http_prepared_unref(p);
    cr_assert_eq(fake_body.length, 0);
    cr_assert(fake_head_has("content-length: 3\n"));
    exchange_release(fake_x, true);
}

Test(prepared, a_file_that_has_become_shorter_is_an_error)
{
    struct http_prepared *p = NULL;

    cr_assert_eq(ftruncate(file.fd, 100), 0);
    cr_assert_eq(http_prepared_new_file(&MEDIA, &file, 50, 100, &p), ERR_IO);
    cr_assert_null(p);
    exchange_release(fake_x, false);
}
