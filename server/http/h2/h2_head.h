// SPDX-License-Identifier: GPL-3.0-or-later
/* h2_head.h - the head of an HTTP/2 request (RFC 9113 §8), read as strictly as that of HTTP/1.1:
 * the same target, the same hosts, the same rules on repeated fields. Pure: no I/O.
 *
 * Fields come one by one out of HPACK and are collected in a draft of fixed size, whatever they
 * decompress to. The complete draft is then turned into a request in memory of the caller's. */
#ifndef SERVER_HTTP_H2_H2_HEAD_H
#define SERVER_HTTP_H2_H2_HEAD_H

#include <stdbool.h>

#include "server/http/message/limits.h"
#include "server/http/message/request.h"

enum { H2_MAX_DRAFT_FIELDS = HTTP_MAX_FIELDS + 8 }; /* the pseudo-fields are not counted */

struct h2_draft_field {
    uint16_t name_length;
    uint16_t value_length;
};

struct h2_draft { /* n_fields, n_bytes and is_too_large zero at first; see h2_draft_reset */
    size_t n_fields;
    size_t n_bytes;        /* of text */
    size_t n_cookie_bytes; /* of the text, in values of cookies, with "; " for each */
    size_t size;           /* as RFC 9113 §6.5.2 counts it */
    bool is_too_large;     /* some fields were left out */
    bool is_malformed;     /* whatever else comes */
    struct h2_draft_field fields[H2_MAX_DRAFT_FIELDS];
    char text[HTTP_MAX_HEAD_BYTES]; /* names and values, one after the other */
};

static inline void h2_draft_reset(struct h2_draft *draft)
{
    draft->n_fields = 0;
    draft->n_bytes = 0;
    draft->n_cookie_bytes = 0;
    draft->size = 0;
    draft->is_too_large = false;
    draft->is_malformed = false;
}

/* Adds a field as HPACK gave it. */
void h2_draft_add(struct h2_draft *draft, struct slice name, struct slice value);

/* The memory that h2_head_parse needs for its text. */
static inline size_t h2_draft_text_size(const struct h2_draft *draft)
{
    return draft->n_bytes + draft->n_cookie_bytes + 1;
}

struct h2_head {
    enum http_method method;
    struct slice path;
    struct slice query;
    struct slice host;
    size_t n_fields; /* :authority has become Host, cookies are one field (RFC 9113 §8.2.3) */
    struct slice priority; /* the field's value, or a NULL pointer */
    bool expects_continue;
    bool has_body;
    uint64_t content_length; /* HTTP_LENGTH_UNKNOWN when a body of unknown length follows */
};

/* Turns a complete draft into a request. Slices point into text, which has h2_draft_text_size()
 * bytes; fields has room for draft->n_fields of them.
 * Returns 0; or a status to answer with, 400, 414, 417, 431 or 501; or ERR_INVALID for a malformed
 * request (RFC 9113 §8.1.1), which is no HTTP message at all: the stream must be reset. The method
 * is set, as far as it is known, in any case. */
int h2_head_parse(const struct h2_draft *draft, bool is_last_frame, char *text,
                  struct http_header *fields, struct h2_head *ret_head);

/* Whether a draft is a well-formed trailer section: no pseudo-fields, none of a connection. */
bool h2_trailers_are_good(const struct h2_draft *draft);

#endif
