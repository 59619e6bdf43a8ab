// SPDX-License-Identifier: GPL-3.0-or-later
/* file.h - open files that never change, shared by the exchanges of one loop.
 *
 * A cache of descriptors by path: a file is opened and its size read once, then never looked at
 * again until it is evicted (least recently used first). Only immutable files belong here. */
#ifndef SERVER_HTTP_EXCHANGE_FILE_H
#define SERVER_HTTP_EXCHANGE_FILE_H

#include <stddef.h>
#include <stdint.h>

struct http_file;       /* opaque, counted references */
struct http_file_cache; /* opaque, one per loop */

int http_file_cache_new(size_t max_files, struct http_file_cache **ret_cache);
void http_file_cache_free(struct http_file_cache *cache);

/* Opens `path` beneath dir_fd without following links out of it (openat2 RESOLVE_BENEATH), or takes
 * it from the cache, where `key` names it (at most 255 bytes, unique for the file's content).
 * Returns 0 and a reference for http_file_unref(), or ERR_NOT_FOUND, ERR_DENIED, ERR_IO,
 * ERR_UNAVAILABLE (no descriptor is free), ERR_NO_MEMORY. */
int http_file_cache_open(struct http_file_cache *cache, const char *key, int dir_fd,
                         const char *path, struct http_file **ret_file);

uint64_t http_file_size(const struct http_file *file);
void http_file_ref(struct http_file *file);
void http_file_unref(struct http_file *file);

#endif
