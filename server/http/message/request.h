// SPDX-License-Identifier: GPL-3.0-or-later
/* request.h - a parsed request head, the same for every protocol version.
 *
 * All slices are borrowed from the exchange and valid until it has been answered. What reaches a
 * handler has passed the strict parser: one Host, no ambiguous framing, a path in normal form. */
#ifndef SERVER_HTTP_MESSAGE_REQUEST_H
#define SERVER_HTTP_MESSAGE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/slice.h"

enum http_method {
    HTTP_GET = 1,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_PATCH,
    HTTP_DELETE,
    HTTP_OPTIONS,
};

struct http_header {
    struct slice name;  /* as sent; compare without regard to case */
    struct slice value; /* without surrounding white space */
};

/* Header fields for an answer: names and values are borrowed until the call returns. */
struct http_headers {
    const struct http_header *fields;
    size_t n_fields;
};

#define HTTP_HEADER(field_name, field_value) \
    ((struct http_header){slice_from(field_name), slice_from(field_value)})

#define HTTP_LENGTH_UNKNOWN UINT64_MAX

/* Who is at the other end. */
struct http_peer {
    char address[48]; /* numeric, without port; "unix" for the control socket */
    bool is_tls;
    bool is_local_socket; /* came over a Unix socket: uid is the kernel's word */
    uid_t uid;            /* meaningful when is_local_socket */
};

struct http_request {
    enum http_method method;
    struct slice path;  /* percent-decoded once, plain UTF-8; starts with "/", may end with one; no
                         * empty, "." or ".." part */
    struct slice query; /* raw, without "?"; empty when there is none */
    struct slice host;  /* lower-case name or address, without port; empty in old HTTP/1.0 */
    const struct http_header *headers;
    size_t n_headers;
    bool has_body;           /* a body follows, even one of length 0 */
    uint64_t content_length; /* HTTP_LENGTH_UNKNOWN when the body is chunked */
    const struct http_peer *peer;
};

/* "GET" and so on; static. */
const char *http_method_name(enum http_method method);

/* Method names are case-sensitive. Returns 0, or ERR_UNSUPPORTED for any other. */
int http_method_parse(struct slice name, enum http_method *ret_method);

/* The value of the field, or a slice with a NULL pointer when it is absent. When a field that may
 * not repeat was sent twice, the parser has refused the request; of others the first is returned.
 */
struct slice http_request_header(const struct http_request *request, const char *name);

/* The value of a cookie (RFC 6265 §5.4), or a slice with a NULL pointer. */
struct slice http_request_cookie(const struct http_request *request, const char *name);

/* The raw (not percent-decoded) value of a query parameter, or a slice with a NULL pointer. */
struct slice http_request_query(const struct http_request *request, const char *name);

#endif
