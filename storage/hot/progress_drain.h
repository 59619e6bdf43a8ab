// SPDX-License-Identifier: GPL-3.0-or-later
/* progress_drain.h - brings watch progress from Redis (hot_progress.h) to SQLite. One drain at a
 * time, in a thread that may block.
 *
 *     take    wp:dirty is renamed to wp:draining, unless one is left from before: that goes first
 *     merge   progress_store_merge_many, one transaction            (the caller, on the writer)
 *     drop    the pairs leave wp:draining; the seconds of what is not dirty again
 *             expire after a day, its bucket and sessions after 30
 *
 * A crash at any point replays a part, and a replay changes nothing. A bitmap is never deleted by
 * the drain, for a beat could arrive meanwhile: a beat takes the expiry away again, in the same
 * atomic step that makes the pair dirty. */
#ifndef STORAGE_HOT_PROGRESS_DRAIN_H
#define STORAGE_HOT_PROGRESS_DRAIN_H

#include <stddef.h>

#include "common/arena.h"
#include "storage/hot/progress_store.h"

struct redis_sync;

/* Takes up to `limit` (1 to PROGRESS_MERGE_MAX) pairs and their state, into the arena. *ret_n is 0
 * when nothing is dirty. Pairs that are not of our form are dropped.
 * Returns 0 or as redis_sync_call does. */
int progress_drain_take(struct redis_sync *redis, size_t limit, struct arena *arena,
                        struct progress **ret_progress, size_t *ret_n);

/* After the merge was committed. Returns 0 or as redis_sync_call does. */
int progress_drain_drop(struct redis_sync *redis, const struct progress *progress, size_t n);

#endif
