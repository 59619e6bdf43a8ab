// SPDX-License-Identifier: GPL-3.0-or-later
/* conditional.h - preconditions (RFC 9110 §13) of a representation that is known by its entity tag.
 * Pure. Dates are not used: what has no Last-Modified cannot be compared with one. */
#ifndef SERVER_HTTP_MESSAGE_CONDITIONAL_H
#define SERVER_HTTP_MESSAGE_CONDITIONAL_H

#include <stdbool.h>

#include "common/slice.h"

/* What a strong tag ends with when it stands for a compressed form of the content, instead of its
 * last quote. Routes' own tags must not. */
#define ETAG_GZIP_SUFFIX   "-gz\""
#define ETAG_BROTLI_SUFFIX "-br\""

/* Whether an If-Match or If-None-Match value, "*" or a list of entity tags, names this one, a
 * strong tag with its quotes, or a compressed form of it. A malformed list names nothing. Weak
 * comparison ignores "W/". */
bool etag_list_has(struct slice list, struct slice etag, bool is_weak_comparison);

/* The tag by which an If-None-Match value names the version: this one or that of a compressed form.
 * Empty when there is none, or "*". */
struct slice etag_list_known(struct slice list, struct slice etag);

enum precondition {
    PRECONDITION_HOLDS,
    PRECONDITION_NOT_MODIFIED, /* answer 304 */
    PRECONDITION_FAILED,       /* answer 412 */
};

/* A field that was not sent is a slice with a NULL pointer; so is the tag of what has none.
 * is_read: the method is GET or HEAD. */
enum precondition precondition_check(struct slice if_match, struct slice if_none_match,
                                     struct slice etag, bool is_read);

/* Whether Range is to be honoured (RFC 9110 §13.1.5): no If-Range, or exactly this strong tag. */
bool if_range_holds(struct slice if_range, struct slice etag);

#endif
