// SPDX-License-Identifier: GPL-3.0-or-later
/* h1_head.h - the head of an HTTP/1.1 request (RFC 9112), read strictly: where the standard lets a
 * server be kind to malformed input, this one refuses, since two programs that are kind differently
 * see different requests. Pure: no allocation, no I/O.
 *
 * Two steps. h1_scan looks at each byte once as it arrives, says where the head ends and refuses at
 * once what can never become one. h1_head_parse then turns the complete head into fields.
 *
 * Both return 0 for success and a positive number for the status to refuse the request with. After
 * such a refusal nothing more that arrives on the connection can be trusted: it must be closed. */
#ifndef SERVER_HTTP_H1_H1_HEAD_H
#define SERVER_HTTP_H1_H1_HEAD_H

#include <stdbool.h>

#include "server/http/message/request.h"

struct h1_scan {       /* all zero at first */
    size_t at;         /* bytes looked at; the head's end when it is complete */
    size_t start;      /* where the head begins: after one empty line at most */
    size_t line_start; /* of the line that `at` is in */
    size_t n_lines;    /* complete ones, without empty ones */
};

/* Looks at data[0, length), of which the first scan->at bytes are the same as before.
 * Returns 0 when the head is complete, ERR_AGAIN when bytes are missing, or 400, 414, 431. */
int h1_scan(struct h1_scan *scan, const char *data, size_t length);

struct h1_head {
    enum http_method method;
    struct slice path;
    struct slice query;
    struct slice host;
    size_t n_fields;
    bool is_http_1_0;
    bool wants_keep_alive;
    bool expects_continue; /* the client waits for "100 Continue" before it sends the body */
    bool has_body;
    bool is_chunked;
    uint64_t content_length; /* HTTP_LENGTH_UNKNOWN when chunked */
};

/* Parses a complete head with its empty line, n_lines as h1_scan counted them. Writes the fields to
 * an array of n_lines - 1 entries. Slices point into data, which is changed in place (the path is
 * decoded, the host lower-cased).
 * Returns 0, or the status 400, 414, 417, 431, 501 or 505. */
int h1_head_parse(char *data, size_t length, size_t n_lines, struct http_header *fields,
                  struct h1_head *ret_head);

#endif
