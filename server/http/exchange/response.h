// SPDX-License-Identifier: GPL-3.0-or-later
/* response.h - the ways to answer an exchange. Each call takes the exchange over: do not touch it
 * afterwards (a stream excepted, see below).
 *
 * The engine adds Date, Content-Length, Connection, X-Content-Type-Options, over TLS
 * Strict-Transport-Security, and, on 405, nothing: Allow is the router's.
 * HEAD is answered like GET without the body; handlers need not care. */
#ifndef SERVER_HTTP_EXCHANGE_RESPONSE_H
#define SERVER_HTTP_EXCHANGE_RESPONSE_H

#include <stddef.h>
#include <stdint.h>

#include "common/slice.h"
#include "server/http/message/request.h"

struct http_exchange;
struct http_file;

/* Status and header fields, no body (Content-Length: 0 unless the status forbids one). */
void http_answer(struct http_exchange *x, int status, const struct http_headers *headers);

/* A body from memory, which must stay valid as long as the exchange: its arena, or static.
 * Compressed when the client accepts it and it pays. */
void http_answer_bytes(struct http_exchange *x, int status, const char *content_type,
                       struct slice body, const struct http_headers *headers);

/* What RFC 9110 calls the selected representation of a resource: answered with 200, 206, 304, 412
 * or 416 as If-None-Match, If-Match, Range and If-Range ask. */
struct http_representation {
    const char *content_type;
    const char *etag;                   /* strong, with its quotes; NULL for none */
    const char *cache_control;          /* NULL for none */
    const struct http_headers *headers; /* more fields; may be NULL */
    bool is_compressible; /* text worth compressing when the client accepts it; off for media */
    uint32_t paced_bytes_per_s; /* of a file: how fast the peer will use it up (pacing.h); 0: as
                                 * fast as the link allows */
};

/* Bytes in memory, valid as long as the exchange. */
void http_answer_representation(struct http_exchange *x, const struct http_representation *r,
                                struct slice body);

/* A part of an open file that never changes. The exchange takes its own reference to the file. */
void http_answer_file(struct http_exchange *x, const struct http_representation *r,
                      struct http_file *file, uint64_t offset, uint64_t length);

/* An answer of unknown length, for server-sent events: begin answers 200 and the exchange lives on
 * until end. write returns ERR_UNAVAILABLE when the peer is gone or has 256 KiB unread: then end.
 */
void http_stream_begin(struct http_exchange *x, const char *content_type,
                       const struct http_headers *headers);
int http_stream_write(struct http_exchange *x, struct slice data);
void http_stream_end(struct http_exchange *x);

#endif
