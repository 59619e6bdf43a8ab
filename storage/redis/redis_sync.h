// SPDX-License-Identifier: GPL-3.0-or-later
/* redis_sync.h - a thread's connection to Redis, for threads that may block: the drain, the
 * dispatcher, workers. Connects when it is used, and again after a failure. One thread at a time.
 * The process must ignore SIGPIPE. */
#ifndef STORAGE_REDIS_REDIS_SYNC_H
#define STORAGE_REDIS_REDIS_SYNC_H

#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "storage/redis/redis_args.h"
#include "storage/redis/redis_reply.h"

struct redis_sync; /* opaque */

/* Does not connect. timeout_ms (>= 1) bounds connecting and each answer.
 * Returns 0 and a connection that redis_sync_free() ends, or ERR_INVALID for a bad address, or
 * ERR_NO_MEMORY. */
int redis_sync_new(const char *address, int64_t timeout_ms, struct redis_sync **ret_redis);

/* NULL is allowed. */
void redis_sync_free(struct redis_sync *redis);
DEFINE_CLEANUP(redis_sync_free, struct redis_sync *)

/* Carries out one command. extra_ms is how much longer than usual the answer may take (a blocking
 * read). Returns 0 and a reply that redis_reply_free() ends; or
 *   an error of Redis', as redis_reply_error says
 *   ERR_UNAVAILABLE, ERR_TIMEOUT   the connection failed: the command may have been carried out
 *   ERR_TOO_LARGE                  args overflowed
 *   ERR_NO_MEMORY */
int redis_sync_call(struct redis_sync *redis, const struct redis_args *args, int64_t extra_ms,
                    struct redisReply **ret_reply);

/* Pipelining: put any number of commands, then get as many replies in order. A failure to put shows
 * when getting. redis_sync_get returns as redis_sync_call does, and after ERR_UNAVAILABLE or
 * ERR_TIMEOUT the replies still missing are lost: further gets return ERR_UNAVAILABLE until all
 * that was put is got. */
void redis_sync_put(struct redis_sync *redis, const struct redis_args *args);
int redis_sync_get(struct redis_sync *redis, struct redisReply **ret_reply);

/* Ends a call under way in another thread soon: it returns ERR_UNAVAILABLE, and so do all later
 * ones. The only function that another thread may call. */
void redis_sync_interrupt(struct redis_sync *redis);

/* What failed last, for logs; "" when nothing did. */
const char *redis_sync_failure(const struct redis_sync *redis);

#endif
