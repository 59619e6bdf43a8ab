// SPDX-License-Identifier: GPL-3.0-or-later
/* hot_viewers.h - how many people are watching now: those who were heard of in the last half
 * minute, in a sorted set of Redis, each once, whatever number of players they have opened.
 * Approximate by nature and never precious. */
#ifndef STORAGE_HOT_HOT_VIEWERS_H
#define STORAGE_HOT_HOT_VIEWERS_H

#include <stdint.h>

struct redis_link;
struct redis_sync;

enum { VIEWER_WINDOW_MS = 30000 }; /* two heartbeats */

/* A learner was heard of. Nothing is told about failures. */
void hot_viewers_note(struct redis_link *link, const char *user_id, int64_t now_ms);

/* Learners heard of within the window. Returns 0 or as redis_sync_call does. */
int hot_viewers_count(struct redis_sync *redis, int64_t now_ms, int64_t *ret_n);

#endif
