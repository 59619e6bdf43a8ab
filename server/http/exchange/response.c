// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/exchange/response.h"

#include "common/buf.h"
#include "common/err.h"
#include "common/log.h"
#include "server/http/exchange/exchange_core.h"
#include "server/http/exchange/negotiate.h"
#include "server/http/message/accept_encoding.h"
#include "server/http/message/status.h"

void http_answer(struct http_exchange *x, int status, const struct http_headers *headers)
{
    const struct answer_head head = {.status = status, .more = headers};

    exchange_answer(x, &head);
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
