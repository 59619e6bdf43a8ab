// SPDX-License-Identifier: GPL-3.0-or-later
/* hot_progress.h - watch progress in Redis: quick to write on every heartbeat, and drained to
 * SQLite by progress_drain.h. What is here and what is in SQLite is merged for every read, so Redis
 * may be flushed at any time.
 *
 *     wp:USER:LECTURE    string   the watched seconds, one bit each (watched_seconds.h)
 *     wq:USER:LECTURE    hash     p: position_ms, o: order, n: seq, s: sessions (struct watched);
 *                                 b: seconds that may still be claimed, in ms; r: when that was
 *     wu:USER            hash     b and r of the purse: what lectures may start with
 *     wl:USER            zset     lectures with keys, by when a beat came last; at most 64
 *     wp:dirty           set      "USER:LECTURE" of what the drain has not seen
 *     wp:draining        set      what the drain is at
 *
 * One beat is one atomic step (a script). Credit belongs to a learner and a lecture, whatever
 * number of sessions, devices and requests there is: a beat may claim seconds that are new for the
 * lecture only as far as the bucket of the two holds them. A bucket starts with the credit,
 * gains 2.2 s per second, pays for new seconds and holds at most the lecture's length: nobody can
 * be owed more, and a clock that jumps forwards gives no more. A clock that jumps back gives and
 * takes nothing. A beat that claims more changes nothing but starts the bucket: time makes it
 * count. A beat that is sent again claims nothing new and passes. The credits of new buckets come
 * out of a purse per learner, which holds at most 4 credits and gains 0.1 s per second: opening
 * many lectures earns nothing.
 *
 * Order comes from no clock. A session gets the next number, `order`, when its first beat counts;
 * within it the higher seq wins the position, and between sessions the higher order. The caller
 * brings order, seq and sessions that SQLite has, below which nothing begins: so numbers go on
 * upwards, and old sessions are known again, after Redis lost everything.
 *
 * The keys of a learner are bounded: 64 lectures. One more drops the keys of the one that was quiet
 * for longest, never what is not drained. Sessions have no keys.
 *
 * tests/vectors/plausibility.json holds the cases. */
#ifndef STORAGE_HOT_HOT_PROGRESS_H
#define STORAGE_HOT_HOT_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/id.h"
#include "common/slice.h"
#include "storage/hot/watched_seconds.h"

struct redis_args;
struct redis_link;
struct redisReply; /* hiredis' */

enum {
    BEAT_MAX_RANGES = 32, /* after cleaning; fifteen seconds of play make one or two */
    BEATS_MAX = 32,       /* in one call: under a millisecond of Redis' time */
};

#define BEAT_MAX_SEQ ((INT64_C(1) << 53) - 1) /* what a script's number and a JSON number hold */

struct beat {
    const char *user_id;
    const char *lecture_id;
    const char *session;     /* 1 to WATCHED_SESSION_LENGTH letters and digits: one opened player */
    int64_t seq;             /* 0 to BEAT_MAX_SEQ, within the session */
    int64_t n_seconds;       /* of the lecture: watched_n_seconds */
    int64_t position_ms;     /* >= 0 */
    int64_t extra_credit_ms; /* for the bucket's start: since the lecture was downloaded */
    struct watched stored;   /* what SQLite has: order, seq and sessions are looked at */
    const struct watched_range *ranges_s; /* in order, disjoint, within n_seconds */
    size_t n_ranges;                      /* 0 to BEAT_MAX_RANGES */
};

enum beat_verdict {
    BEAT_COUNTED,
    BEAT_TOO_SOON,   /* claims more than there was time for up to now: to be sent again later */
    BEAT_NOT_STORED, /* Redis failed on this one: to be sent again */
};

/* err 0: every beat has a verdict, in the order given. Otherwise (ERR_UNAVAILABLE, ERR_TIMEOUT,
 * ERR_CANCELLED) the whole call is to be repeated. verdicts is borrowed until the function returns.
 * Runs as redis_link_reply_fn does. */
typedef void hot_progress_beats_fn(int err, const enum beat_verdict *verdicts, size_t n, void *arg);

/* Stores beats (1 to BEATS_MAX; ids valid) in one round trip. Everything is copied.
 * credit_ms: what a bucket may start with. When on_done is told 0, all that was counted is in
 * Redis. Returns 0, or, and then on_done is not called: ERR_INVALID for a beat out of its ranges,
 * ERR_UNAVAILABLE when there is no connection, ERR_NO_MEMORY. */
int hot_progress_store(struct redis_link *link, const struct beat *beats, size_t n,
                       int64_t credit_ms, hot_progress_beats_fn *on_done, void *arg);

/* err 0: watched is what Redis holds, perhaps nothing; borrowed until the function returns. */
typedef void hot_progress_read_fn(int err, const struct watched *watched, void *arg);

/* Reads what Redis holds of one user and lecture. Fails as hot_progress_store does. */
int hot_progress_read(struct redis_link *link, const char *user_id, const char *lecture_id,
                      hot_progress_read_fn *on_done, void *arg);

/* For the drain, which reads the same: the command that asks for the position of "USER:LECTURE",
 * borrowed until sent, and what its reply says. ERR_CORRUPT leaves *watched alone; its sessions are
 * borrowed from the reply. */
void hot_progress_put_place(struct redis_args *args, struct slice pair);
int hot_progress_read_place(const struct redisReply *reply, struct watched *watched);

#endif
