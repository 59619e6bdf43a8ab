// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/hot/progress_drain.h"

#include <string.h>

#include "common/err.h"
#include "storage/hot/hot_progress.h"
#include "storage/redis/redis_args.h"
#include "storage/redis/redis_scripts.h"
#include "storage/redis/redis_sync.h"
#include "storage/sqlite/arena_list.h"

enum {
    PAIR_LENGTH = 2 * ID_LENGTH + 1, /* "USER:LECTURE" */
    PAIRS_AT_ONCE = 40,              /* in one run of progress_drained.lua; redis_args holds them */
};

/* What an earlier drain left comes first: RENAMENX does nothing while it is there. */
static void put_rename(struct redis_sync *redis)
{
    struct redis_args args;

    redis_args_init(&args);
    redis_args_add_text(&args, "RENAMENX");
    redis_args_add_text(&args, "wp:dirty");
    redis_args_add_text(&args, "wp:draining");
    redis_sync_put(redis, &args);
}

static void put_pick(struct redis_sync *redis, size_t limit)
{
    struct redis_args args;

    redis_args_init(&args);
    redis_args_add_text(&args, "SRANDMEMBER");
    redis_args_add_text(&args, "wp:draining");
    redis_args_add_int(&args, (int64_t)limit);
    redis_sync_put(redis, &args);
}

/* One round trip, and most of the time the only one: nothing is dirty. */
static int pick_pairs(struct redis_sync *redis, size_t limit, struct redisReply **ret_pairs)
{
    CLEANUP(redis_reply_free) struct redisReply *renamed = NULL;

    put_rename(redis);
    put_pick(redis, limit);
    const int rename_err = redis_sync_get(redis, &renamed);
    const int pick_err = redis_sync_get(redis, ret_pairs);
    return rename_err && rename_err != ERR_NOT_FOUND ? rename_err : pick_err;
}

static bool parse_pair(struct slice pair, struct progress *progress)
{
    struct slice lecture = pair;
    const struct slice user = slice_split(&lecture, ':');

    return id_is_valid(user) && id_is_valid(lecture) &&
           slice_to_cstr(user, progress->user_id, ID_SIZE) == 0 &&
           slice_to_cstr(lecture, progress->lecture_id, ID_SIZE) == 0;
}

static void put_drop_of_stranger(struct redis_sync *redis, struct slice pair)
{
    struct redis_args args;

    redis_args_init(&args);
    redis_args_add_text(&args, "SREM");
    redis_args_add_text(&args, "wp:draining");
    redis_args_add(&args, pair);
    redis_sync_put(redis, &args);
}

static void put_reads(struct redis_sync *redis, struct slice pair)
{
    struct redis_args args;

    redis_args_init(&args);
    redis_args_add_text(&args, "GET");
    redis_args_add_format(&args, "wp:%.*s", SLICE_ARGS(pair));
    redis_sync_put(redis, &args);
    hot_progress_put_place(&args, pair);
    redis_sync_put(redis, &args);
}

/* Of a pair whose keys are gone or damaged, nothing is merged. */
static int read_seconds(const struct redisReply *reply, struct arena *arena,
                        struct watched *watched)
{
    struct slice bits = redis_reply_text(reply);

    if (bits.length > WATCHED_MAX_BYTES)
        bits.length = WATCHED_MAX_BYTES;
    const char *copy = arena_copy(arena, bits);
    if (!copy)
        return ERR_NO_MEMORY;
    watched->bits = (const uint8_t *)copy;
    watched->n_bytes = bits.length;
    return 0;
}

static int read_position(const struct redisReply *reply, struct arena *arena,
                         struct watched *watched)
{
    if (hot_progress_read_place(reply, watched))
        return 0;
    const char *copy = arena_copy(arena, watched->sessions);
    if (!copy)
        return ERR_NO_MEMORY;
    watched->sessions.data = copy;
    return 0;
}

/* Every reply is got, also after a failure: the connection has to stay in step. */
static int get_reads(struct redis_sync *redis, struct arena *arena, struct watched *watched)
{
    CLEANUP(redis_reply_free) struct redisReply *seconds = NULL;
    CLEANUP(redis_reply_free) struct redisReply *position = NULL;
    const int seconds_err = redis_sync_get(redis, &seconds);
    const int position_err = redis_sync_get(redis, &position);

    if (seconds_err && seconds_err != ERR_CORRUPT)
        return seconds_err;
    if (position_err && position_err != ERR_CORRUPT)
        return position_err;
    const int err = read_position(position, arena, watched);
    return err ? err : read_seconds(seconds, arena, watched);
}

static int get_drop(struct redis_sync *redis)
{
    CLEANUP(redis_reply_free) struct redisReply *reply = NULL;

    return redis_sync_get(redis, &reply);
}

/* Reads the state of all pairs in one round trip. */
static int read_pairs(struct redis_sync *redis, const struct redisReply *pairs, struct arena *arena,
                      struct progress *list, size_t *ret_n)
{
    const size_t n_pairs = redis_reply_length(pairs);
    struct progress parsed;
    size_t n = 0;
    int err = 0;

    for (size_t i = 0; i < n_pairs; i++) {
        const struct slice pair = redis_reply_text(redis_reply_at(pairs, i));
        if (parse_pair(pair, &parsed))
            put_reads(redis, pair);
        else
            put_drop_of_stranger(redis, pair);
    }
    for (size_t i = 0; i < n_pairs; i++) {
        const struct slice pair = redis_reply_text(redis_reply_at(pairs, i));
        const bool is_ours = parse_pair(pair, &list[n]);
        const int one_err = is_ours ? get_reads(redis, arena, &list[n].watched) : get_drop(redis);
        if (one_err && !err)
            err = one_err;
        n += is_ours;
    }
    if (!err)
        *ret_n = n;
    return err;
}

int progress_drain_take(struct redis_sync *redis, size_t limit, struct arena *arena,
                        struct progress **ret_progress, size_t *ret_n)
{
    CLEANUP(redis_reply_free) struct redisReply *pairs = NULL;

    if (limit == 0 || limit > PROGRESS_MERGE_MAX)
        return ERR_INVALID;
    int err = pick_pairs(redis, limit, &pairs);
    if (err)
        return err;
    struct progress *list = arena_alloc(arena, (redis_reply_length(pairs) + 1) * sizeof *list);
    if (!list)
        return ERR_NO_MEMORY;
    err = read_pairs(redis, pairs, arena, list, ret_n);
    if (!err)
        *ret_progress = list;
    return err;
}

static void put_drop(struct redis_sync *redis, const struct progress *progress, size_t n)
{
    struct redis_args args;

    redis_args_init(&args);
    redis_args_add_text(&args, "EVAL");
    redis_args_add_text(&args, redis_script_progress_drained);
    redis_args_add_text(&args, "2");
    redis_args_add_text(&args, "wp:draining");
    redis_args_add_text(&args, "wp:dirty");
    for (size_t i = 0; i < n; i++)
        redis_args_add_format(&args, "%s:%s", progress[i].user_id, progress[i].lecture_id);
    redis_sync_put(redis, &args);
}

int progress_drain_drop(struct redis_sync *redis, const struct progress *progress, size_t n)
{
    size_t n_put = 0;
    int err = 0;

    for (size_t i = 0; i < n; i += PAIRS_AT_ONCE, n_put++)
        put_drop(redis, progress + i, n - i < PAIRS_AT_ONCE ? n - i : PAIRS_AT_ONCE);
    for (size_t i = 0; i < n_put; i++) {
        const int one_err = get_drop(redis);
        if (one_err && !err)
            err = one_err;
    }
    return err;
}
