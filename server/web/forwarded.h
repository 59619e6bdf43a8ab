// SPDX-License-Identifier: GPL-3.0-or-later
/* forwarded.h - a request as its sender made it, whatever stands in front. Pure.
 *
 * X-Forwarded-For, -Proto and -Host count only from the setting trusted_proxies: anybody can send
 * them. Of a list the last entry is the proxy's word, what stands before it the sender's. */
#ifndef SERVER_WEB_FORWARDED_H
#define SERVER_WEB_FORWARDED_H

#include <stdbool.h>

#include "common/slice.h"

struct config;
struct http_request;

struct forwarded {
    char address[48];  /* the sender's, numeric: the last that is no trusted proxy's */
    bool is_https;     /* over TLS, as far as the sender sees; also when public_url says so */
    struct slice host; /* the Host field that the sender sent, port included */
};

void forwarded_read(const struct config *config, const struct http_request *request,
                    struct forwarded *ret_forwarded);

enum request_source {
    SOURCE_OURS = 0,   /* our own pages, or a program that is no browser */
    SOURCE_OTHER_SITE, /* the browser says so */
    SOURCE_OTHER_NAME, /* the page's origin is neither public_url nor what the Host field says:
                        * another site, or a proxy that rewrites Host */
};

/* Whether an unsafe request may count as meant by the person whose cookie it carries. */
enum request_source forwarded_source(const struct config *config,
                                     const struct http_request *request);

#endif
