// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/hot_viewers.h"

#include "storage/redis_args.h"
#include "storage/redis_link.h"
#include "storage/redis_reply.h"
#include "storage/redis_sync.h"

static const char KEY[] = "viewers";

void hot_viewers_note(struct redis_link *link, const char *session, int64_t now_ms)
{
    struct redis_args args;

    redis_args_init(&args);
    redis_args_add_text(&args, "ZADD");
    redis_args_add_text(&args, KEY);
    redis_args_add_int(&args, now_ms);
    redis_args_add_text(&args, session);
    (void)redis_link_send(link, &args, NULL, NULL);
}

static void forget_old(struct redis_sync *redis, int64_t before_ms)
{
    struct redis_args args;

    redis_args_init(&args);
    redis_args_add_text(&args, "ZREMRANGEBYSCORE");
    redis_args_add_text(&args, KEY);
    redis_args_add_text(&args, "-inf");
    redis_args_add_int(&args, before_ms);
    redis_sync_put(redis, &args);
}

int hot_viewers_count(struct redis_sync *redis, int64_t now_ms, int64_t *ret_n)
{
    CLEANUP(redis_reply_free) struct redisReply *removed = NULL;
    CLEANUP(redis_reply_free) struct redisReply *count = NULL;
    struct redis_args args;

    forget_old(redis, now_ms - VIEWER_WINDOW_MS);
    redis_args_init(&args);
    redis_args_add_text(&args, "ZCARD");
    redis_args_add_text(&args, KEY);
    redis_sync_put(redis, &args);
    const int err = redis_sync_get(redis, &removed);
    const int count_err = redis_sync_get(redis, &count);
    if (err || count_err)
        return err ? err : count_err;
    return redis_reply_int(count, ret_n);
}
