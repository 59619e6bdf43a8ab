// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/hot_progress.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "common/digest.h"
#include "common/encode.h"
#include "common/err.h"
#include "storage/redis_link.h"

/* KEYS  1 seconds, 2 position, 3 session, 4 purse, 5 dirty set
 * ARGV  1 now_ms, 2 credit_ms, 3 extra_credit_ms, 4 position_ms, 5 happened_at_ms,
 *       6 "USER:LECTURE", then from_s and to_s of each range
 * Returns the new seconds, or -1 for a beat that is not plausible. BITFIELD sets up to 64 bits at
 * once: -1 as a signed number of n bits is n ones. */
static const char BEAT_SCRIPT[] =
    "local now, fresh = tonumber(ARGV[1]), 0\n"
    "for i = 7, #ARGV, 2 do\n"
    "  local from, to = tonumber(ARGV[i]), tonumber(ARGV[i + 1])\n"
    "  fresh = fresh + to - from - redis.call('BITCOUNT', KEYS[1], from, to - 1, 'BIT')\n"
    "end\n"
    "local function filled(key, rate)\n"
    "  local b = redis.call('HMGET', key, 'b', 't')\n"
    "  return b[1] and b[1] + math.floor(rate * math.max(0, now - b[2]))\n"
    "end\n"
    "local bucket, purse = filled(KEYS[3], 2.2), nil\n"
    "if not bucket then\n"
    "  local credit = tonumber(ARGV[2])\n"
    "  purse = math.min(4 * credit, filled(KEYS[4], 0.1) or 4 * credit)\n"
    "  local given = math.min(credit, purse)\n"
    "  purse, bucket = purse - given, given + ARGV[3]\n"
    "end\n"
    "if fresh * 1000 > bucket then return -1 end\n"
    "redis.call('HSET', KEYS[3], 'b', bucket - fresh * 1000, 't', ARGV[1])\n"
    "redis.call('EXPIRE', KEYS[3], 2592000)\n"
    "if purse then\n"
    "  redis.call('HSET', KEYS[4], 'b', purse, 't', ARGV[1])\n"
    "  redis.call('EXPIRE', KEYS[4], 86400)\n"
    "end\n"
    "local q = redis.call('HMGET', KEYS[2], 'p', 't')\n"
    "local pos, at = tonumber(ARGV[4]), tonumber(ARGV[5])\n"
    "local oldpos, oldat = tonumber(q[1] or -1), tonumber(q[2] or -1)\n"
    "local moved = at > oldat or (at == oldat and pos > oldpos)\n"
    "if moved then redis.call('HSET', KEYS[2], 'p', ARGV[4], 't', ARGV[5]) end\n"
    "if fresh > 0 then\n"
    "  for i = 7, #ARGV, 2 do\n"
    "    local from, to = tonumber(ARGV[i]), tonumber(ARGV[i + 1])\n"
    "    while from < to do\n"
    "      local n = math.min(64, to - from)\n"
    "      redis.call('BITFIELD', KEYS[1], 'SET', 'i' .. n, from, -1)\n"
    "      from = from + n\n"
    "    end\n"
    "  end\n"
    "end\n"
    "if fresh > 0 or moved then\n"
    "  redis.call('PERSIST', KEYS[1])\n"
    "  redis.call('PERSIST', KEYS[2])\n"
    "  redis.call('SADD', KEYS[5], ARGV[6])\n"
    "end\n"
    "return fresh\n";

static char beat_script_sha1[2 * SHA1_BYTES + 1]; /* written once, by hash_script */
static pthread_once_t script_once = PTHREAD_ONCE_INIT;

/* Leaves "" when memory is exhausted: Redis knows no such script, and gets the text. */
static void hash_script(void)
{
    CLEANUP(digest_free) struct digest *digest = NULL;
    uint8_t value[DIGEST_MAX_BYTES];

    if (digest_new(DIGEST_SHA1, &digest))
        return;
    digest_update(digest, BEAT_SCRIPT, sizeof BEAT_SCRIPT - 1);
    digest_finish(digest, value);
    encode_hex(value, SHA1_BYTES, beat_script_sha1);
}

enum { SESSION_SIZE = 65 };

/* A beat of our own, for it may have to be sent again with the script's text. */
struct batch_beat {
    struct batch *batch;
    char user_id[ID_SIZE];
    char lecture_id[ID_SIZE];
    char session[SESSION_SIZE];
    int64_t position_ms;
    int64_t happened_at_ms;
    int64_t extra_credit_ms;
    bool has_sent_text; /* of the script */
    size_t n_ranges;
    struct watched_range ranges_s[BEAT_MAX_RANGES];
};

/* The beats of one call, until the last is answered. */
struct batch {
    struct redis_link *link; /* borrowed */
    hot_progress_beats_fn *on_done;
    void *arg;
    int64_t credit_ms;
    int64_t now_ms;
    size_t n;
    size_t n_waiting; /* for an answer */
    int err;          /* the first that the link told */
    enum beat_verdict verdicts[BEATS_MAX];
    struct batch_beat beats[];
};

static bool is_session(const char *session)
{
    static const char allowed[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const size_t length = strlen(session);

    return length > 0 && length < SESSION_SIZE && strspn(session, allowed) == length;
}

static bool has_good_ranges(const struct beat *beat)
{
    int64_t at = 0;

    if (beat->n_ranges > BEAT_MAX_RANGES)
        return false;
    for (size_t i = 0; i < beat->n_ranges; i++) {
        const struct watched_range range = beat->ranges_s[i];
        if (range.from < at || range.to <= range.from)
            return false;
        at = range.to;
    }
    return at <= beat->n_seconds && beat->n_seconds <= WATCHED_MAX_S;
}

static bool is_valid(const struct beat *beat, int64_t now_ms)
{
    return id_is_valid(slice_from(beat->user_id)) && id_is_valid(slice_from(beat->lecture_id)) &&
           is_session(beat->session) && beat->position_ms >= 0 && beat->happened_at_ms >= 0 &&
           beat->happened_at_ms <= now_ms && beat->extra_credit_ms >= 0 && has_good_ranges(beat);
}

static void copy_beat(struct batch_beat *copy, const struct beat *beat, struct batch *batch)
{
    copy->batch = batch;
    memcpy(copy->user_id, beat->user_id, ID_SIZE);
    memcpy(copy->lecture_id, beat->lecture_id, ID_SIZE);
    memcpy(copy->session, beat->session, strlen(beat->session) + 1);
    copy->position_ms = beat->position_ms;
    copy->happened_at_ms = beat->happened_at_ms;
    copy->extra_credit_ms = beat->extra_credit_ms;
    copy->n_ranges = beat->n_ranges;
    for (size_t i = 0; i < beat->n_ranges; i++)
        copy->ranges_s[i] = beat->ranges_s[i];
}

static void add_keys_and_values(struct redis_args *args, const struct batch_beat *beat)
{
    redis_args_add_text(args, "5");
    redis_args_add_format(args, "wp:%s:%s", beat->user_id, beat->lecture_id);
    redis_args_add_format(args, "wq:%s:%s", beat->user_id, beat->lecture_id);
    redis_args_add_format(args, "ws:%s:%s", beat->user_id, beat->session);
    redis_args_add_format(args, "wc:%s", beat->user_id);
    redis_args_add_text(args, "wp:dirty");
    redis_args_add_int(args, beat->batch->now_ms);
    redis_args_add_int(args, beat->batch->credit_ms);
    redis_args_add_int(args, beat->extra_credit_ms);
    redis_args_add_int(args, beat->position_ms);
    redis_args_add_int(args, beat->happened_at_ms);
    redis_args_add_format(args, "%s:%s", beat->user_id, beat->lecture_id);
    for (size_t i = 0; i < beat->n_ranges; i++) {
        redis_args_add_int(args, beat->ranges_s[i].from);
        redis_args_add_int(args, beat->ranges_s[i].to);
    }
}

static void on_beat_reply(int err, const struct redisReply *reply, void *arg);

static int send_beat(struct batch_beat *beat, const char *command, const char *script)
{
    struct redis_args args;

    redis_args_init(&args);
    redis_args_add_text(&args, command);
    redis_args_add_text(&args, script);
    add_keys_and_values(&args, beat);
    return redis_link_send(beat->batch->link, &args, on_beat_reply, beat);
}

static enum beat_verdict verdict_of(const struct redisReply *reply)
{
    int64_t fresh = 0;

    if (redis_reply_error(reply) || redis_reply_int(reply, &fresh))
        return BEAT_NOT_STORED;
    return fresh < 0 ? BEAT_IMPLAUSIBLE : BEAT_COUNTED;
}

static void on_beat_reply(int err, const struct redisReply *reply, void *arg)
{
    struct batch_beat *beat = arg;
    struct batch *batch = beat->batch;

    if (!err && redis_reply_error(reply) == ERR_NOT_FOUND && !beat->has_sent_text) {
        beat->has_sent_text = true;
        err = send_beat(beat, "EVAL", BEAT_SCRIPT); /* Redis has forgotten it, or is new */
        if (!err)
            return;
    }
    if (err && !batch->err)
        batch->err = err;
    batch->verdicts[beat - batch->beats] = err ? BEAT_NOT_STORED : verdict_of(reply);
    if (--batch->n_waiting > 0)
        return;
    batch->on_done(batch->err, batch->verdicts, batch->n, batch->arg);
    free(batch);
}

static struct batch *make_batch(const struct beat *beats, size_t n)
{
    struct batch *batch = calloc(1, sizeof *batch + n * sizeof batch->beats[0]);

    if (!batch)
        return NULL;
    batch->n = n;
    for (size_t i = 0; i < n; i++) {
        copy_beat(&batch->beats[i], &beats[i], batch);
        batch->verdicts[i] = BEAT_NOT_STORED;
    }
    return batch;
}

/* Once a beat was sent, the batch belongs to the replies; none comes before this has returned. */
static int send_batch(struct batch *batch)
{
    size_t n_sent = 0;
    int err = 0;

    while (!err && n_sent < batch->n) {
        err = send_beat(&batch->beats[n_sent], "EVALSHA", beat_script_sha1);
        n_sent += !err;
    }
    if (n_sent == 0) {
        free(batch);
        return err;
    }
    batch->n_waiting = n_sent;
    batch->err = err; /* when not all were sent, on_done tells */
    return 0;
}

int hot_progress_store(struct redis_link *link, const struct beat *beats, size_t n,
                       int64_t credit_ms, int64_t now_ms, hot_progress_beats_fn *on_done, void *arg)
{
    if (n == 0 || n > BEATS_MAX || credit_ms < 0)
        return ERR_INVALID;
    for (size_t i = 0; i < n; i++)
        if (!is_valid(&beats[i], now_ms))
            return ERR_INVALID;
    (void)pthread_once(&script_once, hash_script);
    struct batch *batch = make_batch(beats, n);
    if (!batch)
        return ERR_NO_MEMORY;
    batch->link = link;
    batch->on_done = on_done;
    batch->arg = arg;
    batch->credit_ms = credit_ms;
    batch->now_ms = now_ms;
    return send_batch(batch);
}

/* A read under way: the position comes first and is kept, then come the seconds. */
struct reading {
    hot_progress_read_fn *on_done;
    void *arg;
    bool is_abandoned; /* its second command could not be sent: nobody is to be told */
    int err;
    int64_t position_ms;
    int64_t position_at_ms;
};

static void on_position(int err, const struct redisReply *reply, void *arg)
{
    struct reading *reading = arg;

    if (reading->is_abandoned) {
        free(reading);
        return;
    }
    if (!err)
        err = redis_reply_error(reply);
    if (!err && !redis_reply_is_nil(redis_reply_at(reply, 0)) &&
        (redis_reply_int(redis_reply_at(reply, 0), &reading->position_ms) ||
         redis_reply_int(redis_reply_at(reply, 1), &reading->position_at_ms)))
        err = ERR_CORRUPT;
    reading->err = err;
}

static void on_seconds(int err, const struct redisReply *reply, void *arg)
{
    struct reading *reading = arg;

    if (!err)
        err = reading->err ? reading->err : redis_reply_error(reply);
    const struct slice bits = redis_reply_text(err ? NULL : reply);
    const struct watched watched = {
        .bits = (const uint8_t *)bits.data,
        .n_bytes = bits.length < WATCHED_MAX_BYTES ? bits.length : WATCHED_MAX_BYTES,
        .position_ms = reading->position_ms,
        .position_at_ms = reading->position_at_ms,
    };
    reading->on_done(err, err ? NULL : &watched, reading->arg);
    free(reading);
}

int hot_progress_read(struct redis_link *link, const char *user_id, const char *lecture_id,
                      hot_progress_read_fn *on_done, void *arg)
{
    struct redis_args position, seconds;

    if (!id_is_valid(slice_from(user_id)) || !id_is_valid(slice_from(lecture_id)))
        return ERR_INVALID;
    redis_args_init(&position);
    redis_args_add_text(&position, "HMGET");
    redis_args_add_format(&position, "wq:%s:%s", user_id, lecture_id);
    redis_args_add_text(&position, "p");
    redis_args_add_text(&position, "t");
    redis_args_init(&seconds);
    redis_args_add_text(&seconds, "GET");
    redis_args_add_format(&seconds, "wp:%s:%s", user_id, lecture_id);
    struct reading *reading = calloc(1, sizeof *reading);
    if (!reading)
        return ERR_NO_MEMORY;
    reading->on_done = on_done;
    reading->arg = arg;
    int err = redis_link_send(link, &position, on_position, reading);
    if (err) {
        free(reading);
        return err;
    }
    err = redis_link_send(link, &seconds, on_seconds, reading);
    reading->is_abandoned = err != 0;
    return err;
}
