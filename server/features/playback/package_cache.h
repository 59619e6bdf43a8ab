// SPDX-License-Identifier: GPL-3.0-or-later
/* package_cache.h - parsed package indexes, one cache per loop.
 *
 * A complete package never changes: it is read once. A growing one is looked at each time (one
 * stat) and read again when it has grown. Both are evicted when least recently used. */
#ifndef SERVER_FEATURES_PLAYBACK_PACKAGE_CACHE_H
#define SERVER_FEATURES_PLAYBACK_PACKAGE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "common/package/package.h"
#include "common/slice.h"

struct media_store;
struct package_cache; /* opaque */

/* Keeps at most max_packages (>= 1). Borrows media. Returns 0, or ERR_NO_MEMORY. */
int package_cache_new(const struct media_store *media, size_t max_packages,
                      struct package_cache **ret_cache);
void package_cache_free(struct package_cache *cache);
DEFINE_CLEANUP(package_cache_free, struct package_cache *)

/* Whether that package is there without a look at the disk, but for one stat of a growing one. */
bool package_cache_has(const struct package_cache *cache, struct slice id);

/* The index of a package; id as it came from a URL. The pointer is valid until the next call.
 * Returns 0, ERR_NOT_FOUND, ERR_CORRUPT, ERR_IO, ERR_NO_MEMORY. */
int package_cache_get(struct package_cache *cache, struct slice id,
                      const struct package **ret_package);

#endif
