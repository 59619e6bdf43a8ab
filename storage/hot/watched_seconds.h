// SPDX-License-Identifier: GPL-3.0-or-later
/* watched_seconds.h - watch progress as a value: which seconds of a lecture were played, and where
 * to go on.
 *
 * One bit is one second; bit i is second i, the most significant bit of each byte first, as Redis
 * numbers bits: bit 0 is 0x80 of byte 0. Missing bytes are zero, and a canonical bitmap does not
 * end in a zero byte, so equal sets are equal bytes. Merging is the union of the seconds with the
 * position of the later writer, which no clock decides but its order and seq: commutative,
 * associative and idempotent, which is why retries, two
 * devices and offline phones need no conflict resolution. Everything here is pure;
 * tests/vectors/watched_seconds.json holds the cases that the player's code must agree with. */
#ifndef STORAGE_HOT_WATCHED_SECONDS_H
#define STORAGE_HOT_WATCHED_SECONDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/slice.h"

enum {
    WATCHED_MAX_S = 24 * 3600, /* the longest lecture; longer ones are refused by the transcoder */
    WATCHED_MAX_BYTES = WATCHED_MAX_S / 8,
    WATCHED_COMPLETE_PERMILLE = 900, /* of the distinct seconds, unless a course says otherwise */
    WATCHED_SESSIONS = 8,            /* that are remembered of a learner and a lecture */
    WATCHED_SESSION_LENGTH = 64,     /* at most; ours have 32 hex digits */
    WATCHED_SESSIONS_SIZE = WATCHED_SESSIONS * (WATCHED_SESSION_LENGTH + 1),
};

struct watched {
    const uint8_t *bits; /* borrowed; may be NULL when n_bytes is 0 */
    size_t n_bytes;
    int64_t position_ms;   /* where the player stood */
    int64_t order;         /* of the session that said so, counted from 1; 0 for none */
    int64_t seq;           /* of its beat */
    struct slice sessions; /* the last ids, separated by spaces; the last one has that order, each
                              before it one less; borrowed */
};

/* A run of whole seconds or of milliseconds, half-open. */
struct watched_range {
    int64_t from;
    int64_t to;
};

/* Seconds of a lecture: its duration rounded up, at most WATCHED_MAX_S. */
int64_t watched_n_seconds(int64_t duration_us);

/* a OR b, and the position and sessions of the one with the larger (order, seq, position_ms).
 * `buffer` has room for the longer bitmap and may be the one that a or b points to; *ret_merged
 * points into it and is canonical. */
struct watched watched_merge(const struct watched *a, const struct watched *b, uint8_t *buffer);

/* Sets the seconds [from_s, to_s) of a bitmap of n_bytes, as far as they lie in it. */
void watched_set(uint8_t *bits, size_t n_bytes, struct watched_range range_s);

/* Distinct seconds watched. */
int64_t watched_count(const struct watched *w);

/* Runs of watched seconds in order, at most `max` of them. Returns how many were written;
 * *ret_n_all is how many there are. */
size_t watched_ranges(const struct watched *w, struct watched_range *ranges_s, size_t max,
                      size_t *ret_n_all);

/* Count in permille of n_seconds, rounded down, at most 1000; 0 when n_seconds is 0. */
int watched_coverage_permille(int64_t count, int64_t n_seconds);

/* Whether count is at least threshold_permille of n_seconds; never for n_seconds 0. */
bool watched_is_complete(int64_t count, int64_t n_seconds, int threshold_permille);

/* Turns played milliseconds, as a player reports them, into whole seconds.
 *
 * The input may be unordered and overlap; it is sorted in place. A second counts when at least half
 * of it was played (half of what there is of a lecture's last second). What lies beyond the
 * duration is cut off; the output is in order, disjoint, not touching, and has at most n ranges
 * (ranges_s may be ranges_ms). Returns 0, or ERR_INVALID for a range that ends before it starts or
 * starts before 0: then ranges_s is untouched. */
int watched_from_played(struct watched_range *ranges_ms, size_t n, int64_t duration_us,
                        struct watched_range *ranges_s, size_t *ret_n);

#endif
