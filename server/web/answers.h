// SPDX-License-Identifier: GPL-3.0-or-later
/* answers.h - the answers that many handlers give. Each takes the exchange over. */
#ifndef SERVER_WEB_ANSWERS_H
#define SERVER_WEB_ANSWERS_H

#include <jansson.h>

#include "common/buf.h"
#include "common/slice.h"

struct http_exchange;
struct http_headers;

enum { ANSWER_MAX_HEADERS = 4 };

/* What was written with json_writer.h, not cached anywhere; a failure of the buffer is answered in
 * its place. The buffer stays the caller's. headers may be NULL. */
void answer_json(struct http_exchange *x, int status, const struct buf *json);
void answer_json_with(struct http_exchange *x, int status, const struct buf *json,
                      const struct http_headers *headers);

/* 404: there is no such thing, or not for this actor. */
void answer_not_found(struct http_exchange *x);

/* What a failed call means for the client: 404, 409, 413, 503, 507, or 500 for what is left. */
void answer_err(struct http_exchange *x, int err);

/* Parses a JSON object body. On failure the exchange has been answered with 400 or 415 and NULL is
 * returned; else a document to json_decref. */
json_t *parse_json_body(struct http_exchange *x, struct slice body);

#endif
