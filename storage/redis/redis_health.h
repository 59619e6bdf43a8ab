// SPDX-License-Identifier: GPL-3.0-or-later
/* redis_health.h - whether a Redis takes writes now, and how it stands. A Redis that answers PING
 * may still refuse every write: a replica after a failover, one at its maxmemory, one whose disk is
 * full. It is asked for a write that changes nothing: Redis refuses it as any other, and its disk
 * has no work with it. */
#ifndef STORAGE_REDIS_REDIS_HEALTH_H
#define STORAGE_REDIS_REDIS_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

#include "common/slice.h"
#include "storage/redis/redis_args.h"

struct redis_sync;

enum { REDIS_PROBLEM_SIZE = 160, REDIS_POLICY_SIZE = 24 };

struct redis_health {
    char problem[REDIS_PROBLEM_SIZE]; /* "" when it takes writes */
    int64_t used_bytes;               /* -1: it does not say */
    int64_t max_bytes;                /* 0: no limit; -1 */
    char policy[REDIS_POLICY_SIZE];   /* maxmemory-policy; "": it does not say */
    int64_t n_dirty;                  /* pairs that the drain has not brought to SQLite; -1 */
};

/* The write that changes nothing. */
void redis_health_probe(struct redis_args *ret_args);

/* What is wrong, for people, from the text of an error: of Redis', or of the connection. Never
 * holds a password. */
void redis_health_explain(struct slice failure, char problem[REDIS_PROBLEM_SIZE]);

/* Asks in one round trip. */
void redis_health_read(struct redis_sync *redis, struct redis_health *ret_health);

/* Whether data may be thrown away to make room. */
bool redis_health_evicts(const struct redis_health *health);

#endif
