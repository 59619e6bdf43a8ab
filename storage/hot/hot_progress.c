// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/hot/hot_progress.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/digest.h"
#include "common/encode.h"
#include "common/err.h"
#include "storage/redis/redis_link.h"
#include "storage/redis/redis_scripts.h"

static char beat_script_sha1[2 * SHA1_BYTES + 1]; /* written once, by hash_script */
static pthread_once_t script_once = PTHREAD_ONCE_INIT;

/* Leaves "" when memory is exhausted: Redis knows no such script, and gets the text. */
static void hash_script(void)
{
    CLEANUP(digest_free) struct digest *digest = NULL;
    uint8_t value[DIGEST_MAX_BYTES];

    if (digest_new(DIGEST_SHA1, &digest))
        return;
    digest_update(digest, redis_script_beat, strlen(redis_script_beat));
    digest_finish(digest, value);
    encode_hex(value, SHA1_BYTES, beat_script_sha1);
}

enum { SESSION_SIZE = WATCHED_SESSION_LENGTH + 1 };

/* A beat of our own, for it may have to be sent again with the script's text. */
struct batch_beat {
    struct batch *batch;
    char user_id[ID_SIZE];
    char lecture_id[ID_SIZE];
    char session[SESSION_SIZE];
    int64_t seq;
    int64_t position_ms;
    int64_t extra_credit_ms;
    int64_t cap_ms; /* of the bucket */
    int64_t stored_order;
    int64_t stored_seq;
    char stored_sessions[WATCHED_SESSIONS_SIZE];
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

static bool is_valid(const struct beat *beat)
{
    return id_is_valid(slice_from(beat->user_id)) && id_is_valid(slice_from(beat->lecture_id)) &&
           is_session(beat->session) && beat->seq >= 0 && beat->seq <= BEAT_MAX_SEQ &&
           beat->position_ms >= 0 && beat->extra_credit_ms >= 0 && has_good_ranges(beat) &&
           beat->stored.sessions.length < WATCHED_SESSIONS_SIZE;
}

static void copy_beat(struct batch_beat *copy, const struct beat *beat, struct batch *batch)
{
    copy->batch = batch;
    memcpy(copy->user_id, beat->user_id, ID_SIZE);
    memcpy(copy->lecture_id, beat->lecture_id, ID_SIZE);
    memcpy(copy->session, beat->session, strlen(beat->session) + 1);
    copy->seq = beat->seq;
    copy->position_ms = beat->position_ms;
    copy->extra_credit_ms = beat->extra_credit_ms;
    copy->cap_ms = beat->n_seconds * 1000;
    copy->stored_order = beat->stored.order;
    copy->stored_seq = beat->stored.seq;
    (void)slice_to_cstr(beat->stored.sessions, copy->stored_sessions, WATCHED_SESSIONS_SIZE);
    copy->n_ranges = beat->n_ranges;
    for (size_t i = 0; i < beat->n_ranges; i++)
        copy->ranges_s[i] = beat->ranges_s[i];
}

static void add_keys_and_values(struct redis_args *args, const struct batch_beat *beat)
{
    redis_args_add_text(args, "6");
    redis_args_add_format(args, "wp:%s:%s", beat->user_id, beat->lecture_id);
    redis_args_add_format(args, "wq:%s:%s", beat->user_id, beat->lecture_id);
    redis_args_add_format(args, "wu:%s", beat->user_id);
    redis_args_add_format(args, "wl:%s", beat->user_id);
    redis_args_add_text(args, "wp:dirty");
    redis_args_add_text(args, "wp:draining");
    redis_args_add_int(args, beat->batch->credit_ms);
    redis_args_add_int(args, beat->extra_credit_ms);
    redis_args_add_int(args, beat->cap_ms);
    redis_args_add_int(args, beat->position_ms);
    redis_args_add_int(args, beat->seq);
    redis_args_add_text(args, beat->session);
    redis_args_add_format(args, "%s:%s", beat->user_id, beat->lecture_id);
    redis_args_add_int(args, beat->stored_order);
    redis_args_add_int(args, beat->stored_seq);
    redis_args_add_text(args, beat->stored_sessions);
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
    return fresh < 0 ? BEAT_TOO_SOON : BEAT_COUNTED;
}

static void on_beat_reply(int err, const struct redisReply *reply, void *arg)
{
    struct batch_beat *beat = arg;
    struct batch *batch = beat->batch;

    if (!err && redis_reply_error(reply) == ERR_NOT_FOUND && !beat->has_sent_text) {
        beat->has_sent_text = true;
        err = send_beat(beat, "EVAL", redis_script_beat); /* Redis has forgotten it, or is new */
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
                       int64_t credit_ms, hot_progress_beats_fn *on_done, void *arg)
{
    if (n == 0 || n > BEATS_MAX || credit_ms < 0)
        return ERR_INVALID;
    for (size_t i = 0; i < n; i++)
        if (!is_valid(&beats[i]))
            return ERR_INVALID;
    (void)pthread_once(&script_once, hash_script);
    struct batch *batch = make_batch(beats, n);
    if (!batch)
        return ERR_NO_MEMORY;
    batch->link = link;
    batch->on_done = on_done;
    batch->arg = arg;
    batch->credit_ms = credit_ms;
    return send_batch(batch);
}

void hot_progress_put_place(struct redis_args *args, struct slice pair)
{
    redis_args_init(args);
    redis_args_add_text(args, "HMGET");
    redis_args_add_format(args, "wq:%.*s", SLICE_ARGS(pair));
    redis_args_add_text(args, "p");
    redis_args_add_text(args, "o");
    redis_args_add_text(args, "n");
    redis_args_add_text(args, "s");
}

int hot_progress_read_place(const struct redisReply *reply, struct watched *watched)
{
    const struct slice sessions = redis_reply_text(redis_reply_at(reply, 3));
    int64_t position_ms, order, seq;

    if (redis_reply_is_nil(redis_reply_at(reply, 1)))
        return 0;
    if (redis_reply_int(redis_reply_at(reply, 0), &position_ms) ||
        redis_reply_int(redis_reply_at(reply, 1), &order) ||
        redis_reply_int(redis_reply_at(reply, 2), &seq) || sessions.length >= WATCHED_SESSIONS_SIZE)
        return ERR_CORRUPT;
    watched->position_ms = position_ms;
    watched->order = order;
    watched->seq = seq;
    watched->sessions = sessions;
    return 0;
}

/* A read under way: the position comes first and is kept, then come the seconds. */
struct reading {
    hot_progress_read_fn *on_done;
    void *arg;
    bool is_abandoned; /* its second command could not be sent: nobody is to be told */
    int err;
    struct watched watched;
    char sessions[WATCHED_SESSIONS_SIZE];
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
    if (!err)
        err = hot_progress_read_place(reply, &reading->watched);
    if (!err)
        err = slice_to_cstr(reading->watched.sessions, reading->sessions, WATCHED_SESSIONS_SIZE);
    reading->watched.sessions = slice_from(reading->sessions);
    reading->err = err;
}

static void on_seconds(int err, const struct redisReply *reply, void *arg)
{
    struct reading *reading = arg;

    if (!err)
        err = reading->err ? reading->err : redis_reply_error(reply);
    const struct slice bits = redis_reply_text(err ? NULL : reply);
    reading->watched.bits = (const uint8_t *)bits.data;
    reading->watched.n_bytes = bits.length < WATCHED_MAX_BYTES ? bits.length : WATCHED_MAX_BYTES;
    reading->on_done(err, err ? NULL : &reading->watched, reading->arg);
    free(reading);
}

int hot_progress_read(struct redis_link *link, const char *user_id, const char *lecture_id,
                      hot_progress_read_fn *on_done, void *arg)
{
    struct redis_args position, seconds;
    char pair[2 * ID_SIZE];

    if (!id_is_valid(slice_from(user_id)) || !id_is_valid(slice_from(lecture_id)))
        return ERR_INVALID;
    (void)snprintf(pair, sizeof pair, "%s:%s", user_id, lecture_id);
    hot_progress_put_place(&position, slice_from(pair));
    redis_args_init(&seconds);
    redis_args_add_text(&seconds, "GET");
    redis_args_add_format(&seconds, "wp:%s", pair);
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
