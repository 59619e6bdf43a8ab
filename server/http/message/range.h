// SPDX-License-Identifier: GPL-3.0-or-later
/* range.h - the Range field (RFC 9110 §14.1.2, §14.2) against a representation of known size. Pure.
 *
 * Whatever a client asks for, the ranges that come out are disjoint: their bytes never sum up to
 * more than the representation. */
#ifndef SERVER_HTTP_MESSAGE_RANGE_H
#define SERVER_HTTP_MESSAGE_RANGE_H

#include <stddef.h>
#include <stdint.h>

#include "common/slice.h"
#include "server/http/message/limits.h"

struct http_range {
    uint64_t offset;
    uint64_t length; /* > 0 */
};

struct http_ranges {
    struct http_range items[HTTP_MAX_RANGES]; /* in the order in which they were asked for */
    size_t n;
};

/* Returns 0 with n >= 1, ERR_NOT_FOUND when no byte asked for exists (answer 416), or ERR_INVALID
 * when the field is to be ignored: another unit, malformed, or too many ranges. */
int http_ranges_parse(struct slice value, uint64_t size, struct http_ranges *ret_ranges);

#endif
