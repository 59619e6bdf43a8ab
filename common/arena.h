// SPDX-License-Identifier: GPL-3.0-or-later
/* arena.h - memory that dies together: many small allocations, one release.
 *
 * A request owns an arena; what must outlive the request is copied out of it. One thread at a time.
 * The first block is kept by arena_reset, so a connection's second request allocates nothing. */
#ifndef COMMON_ARENA_H
#define COMMON_ARENA_H

#include <stddef.h>

#include "common/slice.h"

struct arena_block;

struct arena {
    struct arena_block *blocks; /* owned, newest first */
    size_t used_bytes;          /* in the newest block */
    size_t total_bytes;         /* in all blocks */
    size_t limit_bytes;         /* total_bytes never exceeds it */
};

/* An empty arena; allocates nothing until used. */
static inline struct arena arena_with_limit(size_t limit_bytes)
{
    return (struct arena){.limit_bytes = limit_bytes};
}

/* Zeroed memory, aligned for any type, valid until arena_reset or arena_clear.
 * NULL when memory or the limit is exhausted. */
void *arena_alloc(struct arena *a, size_t size);

/* A terminated copy of the bytes; NULL as above. */
char *arena_copy(struct arena *a, struct slice s);

/* Forgets all allocations and keeps the oldest block for reuse. */
void arena_reset(struct arena *a);

/* Frees everything. */
void arena_clear(struct arena *a);

#endif
