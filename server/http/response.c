// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/response.h"

#include "common/buf.h"
#include "common/err.h"
#include "common/log.h"
#include "server/http/accept_encoding.h"
#include "server/http/exchange_core.h"
#include "server/http/negotiate.h"
#include "server/http/status.h"

void http_answer(struct http_exchange *x, int status, const struct http_headers *headers)
{
    const struct answer_head head = {.status = status, .more = headers};

    exchange_answer(x, &head);
}

bool compress_body(struct http_exchange *x, struct slice *body)
{
    const struct slice accepted = http_request_header(&x->request, "accept-encoding");

    if (body->length < HTTP_MIN_COMPRESS_BYTES || body->length > HTTP_MAX_COMPRESS_BYTES ||
        !accepts_encoding(accepted, "gzip"))
        return false;
    const size_t size = body->length - HTTP_MIN_COMPRESS_BYTES / 10; /* else it does not pay */
    char *to = arena_alloc(&x->arena, size);
    size_t length = 0;
    if (!to || compress_gzip(&x->loop->compressor, *body, to, size, &length) < 0)
        return false;
    *body = slice_of(to, length);
    return true;
}

void http_answer_bytes(struct http_exchange *x, int status, const char *content_type,
                       struct slice body, const struct http_headers *headers)
{
    const struct http_header fields[] = {HTTP_HEADER("content-type", content_type),
                                         HTTP_HEADER("vary", "accept-encoding"),
                                         HTTP_HEADER("content-encoding", "gzip")};
    struct answer_head head = {.status = status, .fields = fields, .n_fields = 1, .more = headers};

    if (compress_suits_type(content_type))
        head.n_fields = compress_body(x, &body) ? 3 : 2;
    head.content_length = body.length;
    answer_body_set_memory(&x->answer, body);
    exchange_answer(x, &head);
}

static void append_member(struct buf *b, const char *name, const char *value)
{
    buf_printf(b, ",\"%s\":", name);
    log_append_json_string(b, slice_from(value));
}

void http_answer_problem(struct http_exchange *x, int status, const char *name, const char *title,
                         const char *detail, const struct http_headers *headers)
{
    CLEANUP(buf_clear) struct buf json = buf_with_limit(HTTP_MAX_EXCHANGE_BYTES / 2);

    buf_printf(&json, "{\"type\":\"/problems/%s\",\"status\":%d", name, status);
    append_member(&json, "title", title);
    if (detail)
        append_member(&json, "detail", detail);
    buf_append_text(&json, "}\n");
    const char *copy = json.err ? NULL : arena_copy(&x->arena, buf_slice(&json));
    if (copy)
        http_answer_bytes(x, status, "application/problem+json", slice_of(copy, json.length),
                          headers);
    else
        http_answer(x, status, headers);
}

void http_stream_begin(struct http_exchange *x, const char *content_type,
                       const struct http_headers *headers)
{
    const struct http_header type = HTTP_HEADER("content-type", content_type);
    const struct answer_head head = {.status = 200,
                                     .fields = &type,
                                     .n_fields = 1,
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
