// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/exchange/response.h"

#include "common/buf.h"
#include "common/err.h"
#include "common/log.h"
#include "server/http/exchange/exchange_core.h"
#include "server/http/message/accept_encoding.h"
#include "server/http/exchange/negotiate.h"
#include "server/http/message/status.h"

void http_answer(struct http_exchange *x, int status, const struct http_headers *headers)
{
    const struct answer_head head = {.status = status, .more = headers};

    exchange_answer(x, &head);
}

/* 0 and the other form of the body, when the client accepts the coding and it pays. */
static int try_coding(struct http_exchange *x, const char *coding, struct slice *body)
{
    const struct slice accepted = http_request_header(&x->request, "accept-encoding");
    const bool is_gzip = slice_is(slice_from(coding), "gzip");

    if (body->length < HTTP_MIN_COMPRESS_BYTES || !accepts_encoding(accepted, coding) ||
        body->length > (is_gzip ? HTTP_MAX_COMPRESS_BYTES : HTTP_MAX_BROTLI_BYTES))
        return ERR_UNSUPPORTED;
    const size_t size = body->length - HTTP_MIN_COMPRESS_BYTES / 10; /* else it does not pay */
    char *to = arena_alloc(&x->arena, size);
    size_t length = 0;
    if (!to)
        return ERR_NO_MEMORY;
    const int err = is_gzip ? compress_gzip(&x->loop->compressor, *body, to, size, &length)
                            : compress_brotli(*body, to, size, &length);
    if (err == 0)
        *body = slice_of(to, length);
    return err;
}

const char *compress_body(struct http_exchange *x, struct slice *body)
{
    static const char *const CODINGS[] = {"br", "gzip"}; /* the better one first */

    for (size_t i = 0; i < sizeof CODINGS / sizeof CODINGS[0]; i++) {
        if (try_coding(x, CODINGS[i], body) == 0)
            return CODINGS[i];
    }
    return NULL;
}

void http_answer_bytes(struct http_exchange *x, int status, const char *content_type,
                       struct slice body, const struct http_headers *headers)
{
    const bool is_text = compress_suits_type(content_type);
    const char *coding = is_text ? compress_body(x, &body) : NULL;
    const struct http_header fields[] = {HTTP_HEADER("content-type", content_type),
                                         HTTP_HEADER("vary", "accept-encoding"),
                                         HTTP_HEADER("content-encoding", coding)};
    const struct answer_head head = {.status = status,
                                     .fields = fields,
                                     .n_fields = coding    ? 3
                                                 : is_text ? 2
                                                           : 1,
                                     .more = headers,
                                     .content_length = body.length};

    answer_body_set_memory(&x->answer, body);
    exchange_answer(x, &head);
}

void http_stream_begin(struct http_exchange *x, const char *content_type,
                       const struct http_headers *headers)
{
    const struct http_header fields[] = {
        HTTP_HEADER("content-type", content_type),
        HTTP_HEADER("x-accel-buffering", "no"), /* nginx would wait for more to pass on */
    };
    const struct answer_head head = {.status = 200,
                                     .fields = fields,
                                     .n_fields = 2,
                                     .more = headers,
                                     .content_length = HTTP_LENGTH_UNKNOWN};

    x->is_stream = true;
    exchange_answer(x, &head);
}

int http_stream_write(struct http_exchange *x, struct slice data)
{
    if (!x->protocol || x->loop->is_stopping || x->request.method == HTTP_HEAD)
        return ERR_UNAVAILABLE;
    return x->protocol->stream_write(x, data);
}

void http_stream_end(struct http_exchange *x)
{
    x->is_stream = false; /* the handler has let go of it */
    if (x->protocol)
        x->protocol->stream_end(x);
    else
        exchange_release(x, false);
}
