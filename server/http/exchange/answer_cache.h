// SPDX-License-Identifier: GPL-3.0-or-later
/* answer_cache.h - prepared answers by the name of what they answer. One per loop. What has not
 * been asked for longest goes when there are too many, or too many bytes; each goes when its time
 * is over. Times are of one clock of the caller's, in milliseconds. */
#ifndef SERVER_HTTP_EXCHANGE_ANSWER_CACHE_H
#define SERVER_HTTP_EXCHANGE_ANSWER_CACHE_H

#include <stddef.h>
#include <stdint.h>

#include "common/slice.h"

struct http_answer_cache; /* opaque */
struct http_prepared;

/* max_answers >= 1. Returns 0 or ERR_NO_MEMORY. */
int http_answer_cache_new(size_t max_answers, size_t max_bytes,
                          struct http_answer_cache **ret_cache);
void http_answer_cache_free(struct http_answer_cache *cache);

/* The answer of that name, or NULL. Borrowed: valid until something is added. */
struct http_prepared *http_answer_cache_find(struct http_answer_cache *cache, struct slice key,
                                             int64_t now_ms);

/* Takes a reference, for life_ms from now on. The key (at most 255 bytes, chosen by us and not by
 * strangers) must be new; one that the cache cannot take is just not kept. */
void http_answer_cache_add(struct http_answer_cache *cache, struct slice key,
                           struct http_prepared *answer, int64_t now_ms, int64_t life_ms);

#endif
