// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/exchange/negotiate.h"

#include "common/err.h"
#include "server/http/exchange/exchange_core.h"
#include "server/http/message/accept_encoding.h"

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
