// SPDX-License-Identifier: GPL-3.0-or-later
/* prepared.h - a representation that many ask for: what is the same in every answer is made once.
 *
 *     http_representation + bytes ──http_prepared_new_…──▶ header fields rendered, small bodies in
 *                                                          memory, compressed forms when asked for
 *
 * Such an answer costs no formatting, no allocation and no look at the file system. It is right for
 * what never changes. Counted references; one loop. */
#ifndef SERVER_HTTP_EXCHANGE_PREPARED_H
#define SERVER_HTTP_EXCHANGE_PREPARED_H

#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "server/http/exchange/response.h"

struct http_prepared; /* opaque */

/* Copies the bytes and the representation's etag and cache_control; borrows its other texts and
 * header fields, which must outlive the answer: static ones. Returns 0 and a reference for
 * http_prepared_unref(), or ERR_NO_MEMORY. */
int http_prepared_new_bytes(const struct http_representation *r, struct slice body,
                            struct http_prepared **ret_prepared);

/* A part of an open file, to which it takes a reference. A small part is read into memory: returns
 * ERR_AGAIN when that would have to wait for a disk (http_answer_file() knows how to), ERR_IO when
 * it fails. */
int http_prepared_new_file(const struct http_representation *r, struct http_file *file,
                           uint64_t offset, uint64_t length, struct http_prepared **ret_prepared);

/* What it holds or may come to hold (the compressed forms), for caches that have a budget. */
size_t http_prepared_size(const struct http_prepared *p);

void http_prepared_ref(struct http_prepared *p);
void http_prepared_unref(struct http_prepared *p);
DEFINE_CLEANUP(http_prepared_unref, struct http_prepared *)

/* Answers as http_answer_representation() and http_answer_file() do, and takes a reference of its
 * own as long as that lasts. */
void http_answer_prepared(struct http_exchange *x, struct http_prepared *p);

#endif
