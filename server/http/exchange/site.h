// SPDX-License-Identifier: GPL-3.0-or-later
/* site.h - what a server is to those who ask: its names, its handler, its access log. */
#ifndef SERVER_HTTP_EXCHANGE_SITE_H
#define SERVER_HTTP_EXCHANGE_SITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/http/message/request.h"

struct http_exchange;

/* What is called for each request, when the head is complete and the body is not read. */
typedef void http_handler(struct http_exchange *x, void *arg);

/* One line of an access log, reported when an answer was sent or dropped. Valid during the call. */
struct http_answered {
    const struct http_request *request; /* its path may hold a secret: log `path` instead */
    struct slice path;                  /* as http_exchange_set_log_path said; empty when the
                                         * request was refused before it was understood */
    int version;                        /* 10, 11 or 20; 0 as above */
    int status;
    uint64_t n_body_bytes; /* sent */
    int64_t duration_ms;   /* from the complete head to the last byte */
    bool was_sent;         /* all of it; false when the peer went away first */
};

/* Constant while its loops run; texts are borrowed. */
struct http_site {
    /* Names this server answers for, lower-case; others get 421. NULL: any name. */
    const char *const *hosts;
    size_t n_hosts;

    bool is_public_https; /* a proxy in front speaks TLS with the world: see exchange_guards() */
    bool tells_timing;    /* Server-Timing in every answer; off: it helps who measures us from
                           * outside */

    http_handler *on_request;
    void (*on_answered)(const struct http_answered *record, void *arg); /* NULL: no access log */
    void *request_arg;                                                  /* of both */
};

#endif
