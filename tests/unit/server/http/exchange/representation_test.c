// SPDX-License-Identifier: GPL-3.0-or-later
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "server/http/exchange/file_core.h"
#include "tests/unit/server/http/fake_protocol.h"

static const struct http_representation MEDIA = {.content_type = "video/mp4",
                                                 .etag = "\"v1\"",
                                                 .cache_control = "max-age=9"};
static const struct http_representation TEXT = {.content_type = "application/vnd.apple.mpegurl",
                                                .etag = "\"v1\"",
                                                .is_compressible = true};

TestSuite(representation, .init = fake_set_up, .fini = fake_tear_down);

static void get_bytes(const struct http_representation *r, const char *body, const char *name,
                      const char *value)
{
    const struct http_header field = HTTP_HEADER(name, value);

    fake_request(HTTP_GET, &field, 1);
    http_answer_representation(fake_x, r, slice_from(body));
    exchange_release(fake_x, true);
}

static void check(const char *status_line, const char *body)
{
    cr_assert(slice_starts_with(buf_slice(&fake_head), status_line), "%s", fake_head.data);
    cr_assert(slice_is(buf_slice(&fake_body), body), "%s", fake_body.data);
}

Test(representation, is_sent_whole)
{
    get_bytes(&MEDIA, "0123456789", "accept", "*/*");
    check("200\n", "0123456789");
    cr_assert(fake_head_has("etag: \"v1\"\n"));
    cr_assert(fake_head_has("cache-control: max-age=9\n"));
    cr_assert(fake_head_has("content-type: video/mp4\n"));
    cr_assert(fake_head_has("content-length: 10\n"));
    cr_assert_not(fake_head_has("vary"));
}

Test(representation, one_range)
{
    get_bytes(&MEDIA, "0123456789", "range", "bytes=2-4");
    check("206\n", "234");
    cr_assert(fake_head_has("content-range: bytes 2-4/10\n"));
    cr_assert(fake_head_has("content-length: 3\n"));
}

Test(representation, no_range_that_exists)
{
    get_bytes(&MEDIA, "0123456789", "range", "bytes=10-");
    check("416\n", "");
    cr_assert(fake_head_has("content-range: bytes */10\n"));
    cr_assert_not(fake_head_has("etag"));
}

Test(representation, a_malformed_range_is_ignored)
{
    get_bytes(&MEDIA, "0123456789", "range", "lines=1-2");
    check("200\n", "0123456789");
}

Test(representation, several_ranges_become_a_multipart_body)
{
    static char body[2001];
    char expected[1024];
    memset(body, 'x', 2000);
    memcpy(body, "abc", 3);
    memcpy(body + 1997, "xyz", 3);
    get_bytes(&MEDIA, body, "range", "bytes=0-2,-3");
    snprintf(expected, sizeof expected,
             "\r\n--%1$s\r\nContent-Type: video/mp4\r\nContent-Range: bytes 0-2/2000\r\n\r\nabc"
             "\r\n--%1$s\r\nContent-Type: video/mp4\r\nContent-Range: bytes 1997-1999/2000\r\n\r\n"
             "xyz\r\n--%1$s--\r\n",
             fake_loop.boundary);
    check("206\n", expected);
    cr_assert(fake_head_has("content-type: multipart/byteranges; boundary="));
    snprintf(expected, sizeof expected, "content-length: %zu\n", fake_body.length);
    cr_assert(fake_head_has(expected));
}

Test(representation, not_modified)
{
    get_bytes(&MEDIA, "0123456789", "if-none-match", "W/\"v1\"");
    check("304\n", "");
    cr_assert(fake_head_has("etag: \"v1\"\n"));
    cr_assert(fake_head_has("cache-control"));
    cr_assert_not(fake_head_has("content-type"));
}

Test(representation, not_modified_wins_over_a_range)
{
    const struct http_header fields[] = {HTTP_HEADER("range", "bytes=0-1"),
                                         HTTP_HEADER("if-none-match", "\"v1\"")};

    fake_request(HTTP_GET, fields, 2);
    http_answer_representation(fake_x, &MEDIA, slice_from("0123456789"));
    exchange_release(fake_x, true);
    check("304\n", "");
}

Test(representation, precondition_failed)
{
    get_bytes(&MEDIA, "0123456789", "if-match", "\"v2\"");
    cr_assert(slice_starts_with(buf_slice(&fake_head), "412\n"));
    cr_assert(fake_head_has("application/problem+json"));
}

Test(representation, a_stale_if_range_gets_the_whole)
{
    const struct http_header fields[] = {HTTP_HEADER("range", "bytes=0-1"),
                                         HTTP_HEADER("if-range", "\"v0\"")};

    fake_request(HTTP_GET, fields, 2);
    http_answer_representation(fake_x, &MEDIA, slice_from("0123456789"));
    exchange_release(fake_x, true);
    check("200\n", "0123456789");
}

Test(representation, head_ignores_ranges_and_has_no_body)
{
    const struct http_header field = HTTP_HEADER("range", "bytes=0-1");

    fake_request(HTTP_HEAD, &field, 1);
    http_answer_representation(fake_x, &MEDIA, slice_from("0123456789"));
    exchange_release(fake_x, true);
    check("200\n", "");
    cr_assert(fake_head_has("content-length: 10\n"));
}

static void get_text(const char *name, const char *value)
{
    static char body[1001];

    memset(body, 'a', 1000);
    get_bytes(&TEXT, body, name, value);
}

Test(representation, text_is_compressed_for_those_who_take_it)
{
    get_text("accept-encoding", "gzip");
    cr_assert(fake_head_has("content-encoding: gzip\n"));
    cr_assert(fake_head_has("etag: \"v1-gz\"\n"));
    cr_assert(fake_head_has("vary: accept-encoding\n"));
    cr_assert_lt(fake_body.length, 100);
}

Test(representation, brotli_is_preferred_and_has_a_tag_of_its_own)
{
    get_text("accept-encoding", "gzip, deflate, br");
    cr_assert(fake_head_has("content-encoding: br\n"));
    cr_assert(fake_head_has("etag: \"v1-br\"\n"));
    cr_assert_lt(fake_body.length, 100);
    fake_tear_down();
    fake_set_up();
    get_text("accept-encoding", "gzip, br;q=0");
    cr_assert(fake_head_has("content-encoding: gzip\n"));
}

Test(representation, text_is_sent_plain_to_others_but_varies)
{
    get_text("accept", "*/*");
    cr_assert_not(fake_head_has("content-encoding"));
    cr_assert(fake_head_has("etag: \"v1\"\n"));
    cr_assert(fake_head_has("vary: accept-encoding\n"));
    cr_assert_eq(fake_body.length, 1000);
}

Test(representation, the_compressed_forms_tag_revalidates)
{
    get_text("if-none-match", "\"v1-gz\"");
    check("304\n", "");
}

Test(representation, ranges_of_text_are_of_the_plain_form)
{
    const struct http_header fields[] = {HTTP_HEADER("range", "bytes=0-1"),
                                         HTTP_HEADER("accept-encoding", "gzip")};

    fake_request(HTTP_GET, fields, 2);
    http_answer_representation(fake_x, &TEXT, slice_from("0123456789"));
    exchange_release(fake_x, true);
    check("206\n", "01");
}

static struct http_file *new_file(const char *content)
{
    struct http_file *file = calloc(1, sizeof *file + 1);

    file->fd = open("/tmp", O_TMPFILE | O_RDWR, 0600);
    file->size = strlen(content);
    file->n_references = 1;
    cr_assert_eq(write(file->fd, content, file->size), (ssize_t)file->size);
    return file;
}

Test(representation, a_part_of_a_file_is_a_whole_of_its_own)
{
    struct http_file *file = new_file("0123456789");
    const struct http_header field = HTTP_HEADER("range", "bytes=1-99");

    fake_request(HTTP_GET, &field, 1);
    http_answer_file(fake_x, &MEDIA, file, 3, 4);
    cr_assert_eq(file->n_references, 2);
    exchange_release(fake_x, true);
    cr_assert_eq(file->n_references, 1);
    check("206\n", "456");
    cr_assert(fake_head_has("content-range: bytes 1-3/4\n"));
    cr_assert(fake_head_has("accept-ranges: bytes\n"));
    http_file_unref(file);
}

Test(representation, an_empty_one_is_fine)
{
    get_bytes(&MEDIA, "", "range", "bytes=0-");
    check("416\n", "");
}
