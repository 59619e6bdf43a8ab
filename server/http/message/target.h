// SPDX-License-Identifier: GPL-3.0-or-later
/* target.h - what a request is for: the request target (RFC 9112 §3.2), the path in it and the
 * authority that serves it. Pure; HTTP/1.1 and HTTP/2 share it.
 *
 * One resource has one spelling here. A path that would need to be repaired (dot segments, double
 * or encoded slashes, backslashes, encoded controls) is refused, because two programs that repair
 * differently are how files outside a root get read. */
#ifndef SERVER_HTTP_MESSAGE_TARGET_H
#define SERVER_HTTP_MESSAGE_TARGET_H

#include "common/slice.h"

struct http_target {
    struct slice path;      /* decoded; "*" for the asterisk form, empty for the authority form */
    struct slice query;     /* raw, without "?" */
    struct slice authority; /* of an absolute form, else empty */
};

/* Splits a target and decodes its path in place, within the given bytes.
 * Returns 0, or ERR_INVALID for one that must be refused with 400. */
int http_target_parse(char *data, size_t length, struct http_target *ret_target);

/* "name", "name:port", "[address]:port". Lower-cases in place.
 * Returns 0 and the host without port (with its brackets), or ERR_INVALID. */
int http_authority_parse(char *data, size_t length, struct slice *ret_host);

#endif
