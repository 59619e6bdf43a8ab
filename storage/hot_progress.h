// SPDX-License-Identifier: GPL-3.0-or-later
/* hot_progress.h - watch progress in Redis: quick to write on every heartbeat, and drained to
 * SQLite by progress_drain.h. What is here and what is in SQLite is merged for every read, so Redis
 * may be flushed at any time.
 *
 *     wp:USER:LECTURE    string   the watched seconds, one bit each (watched_seconds.h)
 *     wq:USER:LECTURE    hash     p: position_ms, t: position_at_ms
 *     ws:USER:SESSION    hash     b: seconds the session may still claim, in ms; t: when that was
 *     wc:USER            hash     the same for what new sessions may start with
 *     wp:dirty           set      "USER:LECTURE" of what the drain has not seen
 *     wp:draining        set      what the drain is at
 *
 * One beat is one atomic step (a script). A beat may claim seconds that are new for this lecture
 * only as far as its session's bucket holds them: a bucket starts with the credit, gains 2.2 s per
 * second of wall time since its last accepted beat, and pays for new seconds. A beat that claims
 * more is refused and changes nothing. A beat that is sent again claims nothing new and passes.
 * The credits of new sessions come out of a purse per user, which holds at most 4 credits and gains
 * 0.1 s per second: opening many sessions earns nothing.
 *
 * tests/vectors/plausibility.json holds the cases. */
#ifndef STORAGE_HOT_PROGRESS_H
#define STORAGE_HOT_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/id.h"
#include "common/slice.h"
#include "storage/watched_seconds.h"

struct redis_link;

enum {
    BEAT_MAX_RANGES = 32, /* after cleaning; fifteen seconds of play make one or two */
    BEATS_MAX = 256,      /* in one call: an hour offline */
};

struct beat {
    const char *user_id;
    const char *lecture_id;
    const char *session;     /* 1 to 64 letters and digits: one opened player */
    int64_t n_seconds;       /* of the lecture: watched_n_seconds */
    int64_t position_ms;     /* >= 0 */
    int64_t happened_at_ms;  /* wall time of the beat, not after now_ms */
    int64_t extra_credit_ms; /* for the session's start: since the lecture was downloaded */
    const struct watched_range *ranges_s; /* in order, disjoint, within n_seconds */
    size_t n_ranges;                      /* 0 to BEAT_MAX_RANGES */
};

enum beat_verdict {
    BEAT_COUNTED,
    BEAT_IMPLAUSIBLE, /* claimed more than there was time for; nothing changed */
    BEAT_NOT_STORED,  /* Redis failed on this one: to be sent again */
};

/* err 0: every beat has a verdict, in the order given. Otherwise (ERR_UNAVAILABLE, ERR_TIMEOUT,
 * ERR_CANCELLED) the whole call is to be repeated. verdicts is borrowed until the function returns.
 * Runs as redis_link_reply_fn does. */
typedef void hot_progress_beats_fn(int err, const enum beat_verdict *verdicts, size_t n, void *arg);

/* Stores beats (1 to BEATS_MAX; ids valid) in one round trip. Everything is copied.
 * credit_ms: what a session may start with. When on_done is told 0, all that was counted is in
 * Redis. Returns 0, or, and then on_done is not called: ERR_INVALID for a beat out of its ranges,
 * ERR_UNAVAILABLE when there is no connection, ERR_NO_MEMORY. */
int hot_progress_store(struct redis_link *link, const struct beat *beats, size_t n,
                       int64_t credit_ms, int64_t now_ms, hot_progress_beats_fn *on_done,
                       void *arg);

/* err 0: watched is what Redis holds, perhaps nothing; borrowed until the function returns. */
typedef void hot_progress_read_fn(int err, const struct watched *watched, void *arg);

/* Reads what Redis holds of one user and lecture. Fails as hot_progress_store does. */
int hot_progress_read(struct redis_link *link, const char *user_id, const char *lecture_id,
                      hot_progress_read_fn *on_done, void *arg);

#endif
