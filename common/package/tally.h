// SPDX-License-Identifier: GPL-3.0-or-later
/* tally.h - which seconds of a source's stream a part was offered and which it took: what the
 * parts report, and what is balanced when they are joined. Pure.
 *
 * Offered is what packets were read for; taken is what a decoder gave. What was offered and not
 * taken was left out. Times are the lecture's, in microseconds. */
#ifndef COMMON_PACKAGE_TALLY_H
#define COMMON_PACKAGE_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/json.h"

enum { SPAN_LIST_MAX = 128, TALLY_LIST_MAX = 16 };

/* Seconds that need no account: packets overlap, first and last ones are cut. */
#define TALLY_SLACK_US INT64_C(200000)

#define TALLY_MAX_US (INT64_C(1) << 50)

struct time_span {
    int64_t from_us;
    int64_t until_us; /* >= from_us */
};

/* In order of time, apart from each other. */
struct span_list {
    struct time_span items[SPAN_LIST_MAX];
    size_t n;
};

/* Adds a span (one that ends before it begins: nothing), joined with those that are less than
 * `near_us` away. When the list is full its two nearest spans become one. */
void span_list_add(struct span_list *list, struct time_span span, int64_t near_us);

/* Drops what is before or behind. */
void span_list_clip(struct span_list *list, struct time_span to);

/* Stores the spans of `from` that are not in `what` and longer than `longest_ignored_us`. */
void span_list_subtract(const struct span_list *from, const struct span_list *what,
                        int64_t longest_ignored_us, struct span_list *ret_rest);

struct tally {
    uint32_t stream; /* index in the source */
    struct span_list offered;
    struct span_list taken;
};

/* Adds what another part reports of the same stream. */
void tally_add(struct tally *tally, const struct tally *more);

/* One for each stream of the source. */
struct tally_list {
    struct tally *items; /* owned */
    size_t n;
};

void tally_list_clear(struct tally_list *list);

/* Adds to the tally of the same stream, or a new one. Returns 0, ERR_NO_MEMORY, or ERR_INVALID for
 * more than TALLY_LIST_MAX. */
int tally_list_add(struct tally_list *list, const struct tally *tally);
int tally_list_add_all(struct tally_list *list, const struct tally_list *more);

/* {"stream":1,"offered":[[0,4000000]],"taken":[[0,1000000],[2500000,4000000]]} */
void tally_write(const struct tally *tally, struct buf *json);

/* Trusts nothing. Returns 0 or ERR_INVALID. */
int tally_parse(const json_t *object, struct tally *ret_tally);

#endif
