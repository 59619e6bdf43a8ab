// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/exchange/prepared.h"

#include <brotli/decode.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "server/http/exchange/file_core.h"
#include "tests/unit/server/http/fake_protocol.h"

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

/* What is sent to a client that accepts so much; coding is NULL for the text as it is. */
static void check_coding(struct http_prepared *p, const char *accepts, const char *coding,
                         const char *etag, size_t length)
{
    const struct http_header field = HTTP_HEADER("accept-encoding", accepts);
    char line[64];

    fake_request(HTTP_GET, &field, 1);
    http_answer_prepared(fake_x, p);
    if (coding) {
        (void)snprintf(line, sizeof line, "content-encoding: %s\n", coding);
        cr_assert(fake_head_has(line), "%s: %s", accepts, fake_head.data);
        cr_assert_lt(fake_body.length, length / 10);
    } else {
        cr_assert_not(fake_head_has("content-encoding"), "%s", accepts);
        cr_assert_eq(fake_body.length, length);
    }
    (void)snprintf(line, sizeof line, "etag: %s\n", etag);
    cr_assert(fake_head_has(line), "%s: %s", accepts, fake_head.data);
    cr_assert(fake_head_has("vary: accept-encoding\n"));
    next_exchange();
}

static struct http_prepared *prepare_text(size_t length)
{
    static char text[HTTP_MAX_COMPRESS_BYTES + 1];
    struct http_prepared *p = NULL;

    memset(text, 'a', sizeof text);
    cr_assert_leq(length, sizeof text);
    cr_assert_eq(http_prepared_new_bytes(&TEXT, slice_of(text, length), &p), 0);
    return p;
}

Test(prepared, text_is_compressed_as_the_client_accepts_it)
{
    struct http_prepared *p = prepare_text(4000);

    for (int i = 0; i < 2; i++) { /* the second time they are there */
        check_coding(p, "gzip, deflate, br", "br", "\"v1-br\"", 4000);
        check_coding(p, "gzip, br;q=0", "gzip", "\"v1-gz\"", 4000);
        check_coding(p, "*", "br", "\"v1-br\"", 4000);
        check_coding(p, "identity, br;q=0.5, gzip;q=0.5", NULL, "\"v1\"", 4000);
        check_coding(p, "deflate", NULL, "\"v1\"", 4000);
    }
    http_prepared_unref(p);
    exchange_release(fake_x, false);
}

Test(prepared, brotli_packs_the_text_itself)
{
    const struct http_header accepts = HTTP_HEADER("accept-encoding", "br");
    struct http_prepared *p = prepare_text(4000);
    uint8_t unpacked[5000];
    size_t length = sizeof unpacked;

    fake_request(HTTP_GET, &accepts, 1);
    http_answer_prepared(fake_x, p);
    cr_assert_eq(BrotliDecoderDecompress(fake_body.length, (const uint8_t *)fake_body.data, &length,
                                         unpacked),
                 BROTLI_DECODER_RESULT_SUCCESS);
    cr_assert_eq(length, 4000);
    cr_assert_eq(unpacked[3999], 'a');
    http_prepared_unref(p);
    exchange_release(fake_x, true);
}

Test(prepared, long_texts_are_left_to_gzip_and_longer_ones_alone)
{
    struct http_prepared *p = prepare_text(HTTP_MAX_BROTLI_BYTES + 1);

    check_coding(p, "gzip, br", "gzip", "\"v1-gz\"", HTTP_MAX_BROTLI_BYTES + 1);
    check_coding(p, "br", NULL, "\"v1\"", HTTP_MAX_BROTLI_BYTES + 1);
    http_prepared_unref(p);
    p = prepare_text(HTTP_MAX_COMPRESS_BYTES + 1);
    check_coding(p, "gzip, br", NULL, "\"v1\"", HTTP_MAX_COMPRESS_BYTES + 1);
    http_prepared_unref(p);
    exchange_release(fake_x, false);
}

Test(prepared, a_compressed_form_in_the_clients_hands_is_not_sent_again)
{
    struct http_prepared *p = prepare_text(4000);

    for (int i = 0; i < 2; i++) {
        const char *etag = i == 0 ? "\"v1-br\"" : "\"v1-gz\"";
        const struct http_header fields[] = {HTTP_HEADER("accept-encoding", "gzip, br"),
                                             HTTP_HEADER("if-none-match", etag)};
        char line[64];
        fake_request(HTTP_GET, fields, 2);
        http_answer_prepared(fake_x, p);
        cr_assert_eq(fake_body.length, 0);
        cr_assert(fake_head_has("vary: accept-encoding\n"));
        (void)snprintf(line, sizeof line, "304\netag: %s\n", etag);
        cr_assert(fake_head_has(line), "%s", fake_head.data);
        next_exchange();
    }
    http_prepared_unref(p);
    exchange_release(fake_x, false);
}

Test(prepared, the_forms_it_may_come_to_hold_count)
{
    struct http_prepared *p = prepare_text(4000);

    cr_assert_geq(http_prepared_size(p), 3 * 4000);
    http_prepared_unref(p);
    exchange_release(fake_x, false);
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
