// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/hot/hot_viewers.h"

#include "storage/redis/redis_args.h"
#include "storage/redis/redis_link.h"
#include "storage/redis/redis_reply.h"
#include "storage/redis/redis_sync.h"

static const char KEY[] = "viewers";

void hot_viewers_note(struct redis_link *link, const char *user_id, int64_t now_ms)
{
    struct redis_args args;

    redis_args_init(&args);
    redis_args_add_text(&args, "ZADD");
    redis_args_add_text(&args, KEY);
    redis_args_add_int(&args, now_ms);
    redis_args_add_text(&args, user_id);
    (void)redis_link_send(link, &args, NULL, NULL);
}

/* What is older than the window, and what a clock that ran ahead has left behind. */
static void forget_others(struct redis_sync *redis, int64_t now_ms)
{
    struct redis_args args;

    redis_args_init(&args);
    redis_args_add_text(&args, "ZREMRANGEBYSCORE");
    redis_args_add_text(&args, KEY);
    redis_args_add_text(&args, "-inf");
    redis_args_add_int(&args, now_ms - VIEWER_WINDOW_MS);
    redis_sync_put(redis, &args);
    redis_args_init(&args);
    redis_args_add_text(&args, "ZREMRANGEBYSCORE");
    redis_args_add_text(&args, KEY);
    redis_args_add_int(&args, now_ms + VIEWER_WINDOW_MS);
    redis_args_add_text(&args, "+inf");
    redis_sync_put(redis, &args);
}

int hot_viewers_count(struct redis_sync *redis, int64_t now_ms, int64_t *ret_n)
{
    CLEANUP(redis_reply_free) struct redisReply *old = NULL;
    CLEANUP(redis_reply_free) struct redisReply *ahead = NULL;
    CLEANUP(redis_reply_free) struct redisReply *count = NULL;
    struct redis_args args;

    forget_others(redis, now_ms);
    redis_args_init(&args);
    redis_args_add_text(&args, "ZCARD");
    redis_args_add_text(&args, KEY);
    redis_sync_put(redis, &args);
    const int old_err = redis_sync_get(redis, &old);
    const int ahead_err = redis_sync_get(redis, &ahead);
    const int err = redis_sync_get(redis, &count);
    if (old_err || ahead_err || err)
        return old_err ? old_err : ahead_err ? ahead_err : err;
    return redis_reply_int(count, ret_n);
}
