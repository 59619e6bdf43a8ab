// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/server/http/fake_protocol.h"

TestSuite(response, .init = fake_set_up, .fini = fake_tear_down);

Test(response, plain_answers_carry_the_handlers_fields)
{
    const struct http_header field = HTTP_HEADER("location", "/x");
    const struct http_headers headers = {.fields = &field, .n_fields = 1};

    http_answer(fake_x, 201, &headers);
    exchange_release(fake_x, true);
    cr_assert_str_eq(fake_head.data, "201\nlocation: /x\ncontent-length: 0\n");
}

Test(response, bytes_that_do_not_pay_are_not_compressed)
{
    const struct http_header field = HTTP_HEADER("accept-encoding", "gzip");

    fake_request(HTTP_GET, &field, 1);
    http_answer_bytes(fake_x, 200, "application/json", slice_from("{}"), NULL);
    exchange_release(fake_x, true);
    cr_assert_not(fake_head_has("content-encoding"));
    cr_assert(fake_head_has("vary: accept-encoding\n"));
    cr_assert(slice_is(buf_slice(&fake_body), "{}"));
}

Test(response, what_is_too_long_for_brotli_gets_gzip)
{
    static char body[HTTP_MAX_BROTLI_BYTES + 1];
    const struct http_header field = HTTP_HEADER("accept-encoding", "br, gzip");

    for (size_t length = sizeof body - 1; length <= sizeof body; length++) {
        fake_request(HTTP_GET, &field, 1);
        http_answer_bytes(fake_x, 200, "text/plain", slice_of(body, length), NULL);
        exchange_release(fake_x, true);
        cr_assert(fake_head_has(length == sizeof body ? "content-encoding: gzip\n"
                                                      : "content-encoding: br\n"));
        if (length < sizeof body) {
            fake_tear_down();
            fake_set_up();
        }
    }
}

Test(response, media_are_never_compressed)
{
    static char body[4000];
    const struct http_header field = HTTP_HEADER("accept-encoding", "gzip");

    fake_request(HTTP_GET, &field, 1);
    http_answer_bytes(fake_x, 200, "video/mp4", slice_of(body, sizeof body), NULL);
    exchange_release(fake_x, true);
    cr_assert_not(fake_head_has("content-encoding"));
    cr_assert_not(fake_head_has("vary"));
    cr_assert_eq(fake_body.length, sizeof body);
}

Test(response, what_gzip_cannot_shrink_is_sent_as_it_is)
{
    static char body[1000];
    const struct http_header field = HTTP_HEADER("accept-encoding", "gzip");
    unsigned state = 1;

    for (size_t i = 0; i < sizeof body; i++)
        body[i] = (char)((state = state * 1103515245 + 12345) >> 24);
    fake_request(HTTP_GET, &field, 1);
    http_answer_bytes(fake_x, 200, "text/plain", slice_of(body, sizeof body), NULL);
    exchange_release(fake_x, true);
    cr_assert_not(fake_head_has("content-encoding"));
    cr_assert_eq(fake_body.length, sizeof body);
}

Test(response, a_body_is_dropped_where_the_status_allows_none)
{
    http_answer_bytes(fake_x, 204, "text/plain", slice_from("x"), NULL);
    exchange_release(fake_x, true);
    cr_assert_eq(fake_body.length, 0);
}

Test(response, streams_pass_through_until_their_end)
{
    http_stream_begin(fake_x, "text/event-stream", NULL);
    cr_assert_str_eq(fake_head.data,
                     "200\ncontent-type: text/event-stream\nx-accel-buffering: no\n");
    cr_assert_eq(http_stream_write(fake_x, slice_from("data: 1\n\n")), 0);
    http_stream_end(fake_x);
    cr_assert(fake_is_stream_over);
    cr_assert_str_eq(fake_stream.data, "data: 1\n\n");
    exchange_release(fake_x, true);
}

Test(response, a_stream_whose_reader_left_says_so_and_ends_in_peace)
{
    http_stream_begin(fake_x, "text/event-stream", NULL);
    exchange_detach(fake_x);
    cr_assert_eq(http_stream_write(fake_x, slice_from("x")), ERR_UNAVAILABLE);
    http_stream_end(fake_x);
    cr_assert_eq(fake_stream.length, 0);
}

Test(response, a_stopping_server_tells_its_streams)
{
    http_stream_begin(fake_x, "text/event-stream", NULL);
    fake_loop.is_stopping = true;
    cr_assert_eq(http_stream_write(fake_x, slice_from("x")), ERR_UNAVAILABLE);
    http_stream_end(fake_x);
    exchange_release(fake_x, true);
}

Test(response, a_stream_that_was_asked_for_by_head_takes_nothing)
{
    fake_request(HTTP_HEAD, NULL, 0);
    http_stream_begin(fake_x, "text/event-stream", NULL);
    cr_assert_eq(http_stream_write(fake_x, slice_from("x")), ERR_UNAVAILABLE);
    http_stream_end(fake_x);
    exchange_release(fake_x, true);
}
