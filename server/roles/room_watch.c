// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/room_watch.h"

#include <stdatomic.h>

#include "common/clock.h"
#include "common/log.h"
#include "server/features/health/health.h"
#include "server/roles/db_call.h"
#include "storage/media/media_store.h"
#include "storage/redis/redis_sync.h"
#include "storage/sqlite/db.h"

enum {
    REWRITE_MS = 60000,   /* between two rewritings of the log of Redis */
    SHRINK_MS = 2000,     /* while room is short: between two times that the log is made small */
    SHORT_MIN_MS = 10000, /* jobs wait at least so long for room, so that they do not flap */
};

static void tell_room(struct room_watch *w)
{
    const int64_t floor_bytes = (int64_t)media_store_floor_bytes(w->media);
    uint64_t free_bytes = 0;

    (void)media_store_all_free_bytes(w->media, &free_bytes);
    if (w->is_short)
        log_warn("jobs wait: the disk has too little free space, make room",
                 log_int("free_bytes", (int64_t)free_bytes), log_int("floor_bytes", floor_bytes),
                 log_int("needed_bytes",
                         (int64_t)media_store_room_bytes((uint64_t)floor_bytes) + floor_bytes));
    else
        log_info("jobs go on: the disk has free space again",
                 log_int("free_bytes", (int64_t)free_bytes));
}

static int shrink_log(struct db *db, void *arg)
{
    (void)arg;
    return db_shrink_log(db);
}

/* Of the Redis on this disk alone: it goes on meanwhile, and drops what it wrote twice. */
static void rewrite_redis_log(struct room_watch *w, struct redis_sync *redis, int64_t now_ms)
{
    CLEANUP(redis_reply_free) struct redisReply *reply = NULL;
    struct redis_args args;

    if (!w->is_redis_local || now_ms < w->next_rewrite_ms)
        return;
    w->next_rewrite_ms = now_ms + REWRITE_MS;
    redis_args_init(&args);
    redis_args_add_text(&args, "BGREWRITEAOF");
    (void)redis_sync_call(redis, &args, 0, &reply);
}

/* What people send is accepted while jobs wait: the logs of SQLite and Redis are kept from taking
 * the room. */
static void save_room(struct room_watch *w, struct redis_sync *redis)
{
    const int64_t now_ms = clock_monotonic_ms();

    rewrite_redis_log(w, redis, now_ms);
    if (now_ms < w->next_shrink_ms)
        return;
    w->next_shrink_ms = now_ms + SHRINK_MS;
    (void)db_call(w->database, shrink_log, NULL);
}

bool room_watch_look(struct room_watch *w, struct redis_sync *redis)
{
    const int64_t now_ms = clock_monotonic_ms();
    const bool was_short = w->is_short;

    if (!media_store_has_room(w->media, media_store_floor_bytes(w->media), false)) {
        w->is_short = true;
        w->short_at_ms = now_ms;
    } else if (now_ms - w->short_at_ms >= SHORT_MIN_MS) {
        w->is_short = false;
    }
    if (w->is_short != was_short) {
        atomic_store(&w->health->is_short_of_room, w->is_short);
        tell_room(w);
    }
    if (w->is_short)
        save_room(w, redis);
    return !w->is_short;
}
