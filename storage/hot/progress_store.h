// SPDX-License-Identifier: GPL-3.0-or-later
/* progress_store.h - watch progress for good: what the drain brings from Redis. db.h says what all
 * stores have in common. */
#ifndef STORAGE_HOT_PROGRESS_STORE_H
#define STORAGE_HOT_PROGRESS_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/id.h"
#include "storage/hot/watched_seconds.h"

struct db;

enum { PROGRESS_MERGE_MAX = 1000 };

struct progress {
    char user_id[ID_SIZE];
    char lecture_id[ID_SIZE];
    struct watched watched; /* borrowed bits */
};

/* Merges each with what is there (watched_merge), all in one transaction; n <= PROGRESS_MERGE_MAX.
 * Merging again changes nothing. Users and lectures that are gone are passed over. */
int progress_store_merge_many(struct db *db, const struct progress *progress, size_t n,
                              int64_t now_ms);

/* Returns 0, or ERR_NOT_FOUND when nothing was watched. Bits and sessions are in the arena. */
int progress_store_find(struct db *db, const char *user_id, const char *lecture_id,
                        struct arena *arena, struct watched *ret_watched);

/* The same with no bits: what orders beats. */
int progress_store_find_place(struct db *db, const char *user_id, const char *lecture_id,
                              struct arena *arena, struct watched *ret_watched);

#endif
