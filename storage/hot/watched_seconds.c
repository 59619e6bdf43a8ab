// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/hot/watched_seconds.h"

#include <stdlib.h>
#include <string.h>

#include "common/err.h"

enum { MS_PER_S = 1000 };

static int64_t at_least(int64_t value, int64_t floor)
{
    return value > floor ? value : floor;
}

static int64_t at_most(int64_t value, int64_t ceiling)
{
    return value < ceiling ? value : ceiling;
}

static bool has_bit(const struct watched *w, size_t i)
{
    return w->bits[i / 8] & (0x80U >> i % 8);
}

int64_t watched_n_seconds(int64_t duration_us)
{
    const int64_t us_per_s = 1000000;

    if (duration_us <= 0)
        return 0;
    return at_most((duration_us - 1) / us_per_s + 1, WATCHED_MAX_S);
}

static bool has_later_position(const struct watched *a, const struct watched *b)
{
    if (a->order != b->order)
        return a->order > b->order;
    if (a->seq != b->seq)
        return a->seq > b->seq;
    return a->position_ms > b->position_ms;
}

struct watched watched_merge(const struct watched *a, const struct watched *b, uint8_t *buffer)
{
    const struct watched *longer = a->n_bytes >= b->n_bytes ? a : b;
    const struct watched *shorter = longer == a ? b : a;
    const struct watched *later = has_later_position(a, b) ? a : b;
    struct watched merged = {
        .bits = buffer,
        .n_bytes = longer->n_bytes,
        .position_ms = later->position_ms,
        .order = later->order,
        .seq = later->seq,
        .sessions = later->sessions,
    };

    for (size_t i = 0; i < longer->n_bytes; i++) {
        const unsigned other = i < shorter->n_bytes ? shorter->bits[i] : 0U;
        buffer[i] = (uint8_t)(longer->bits[i] | other);
    }
    while (merged.n_bytes > 0 && buffer[merged.n_bytes - 1] == 0)
        merged.n_bytes--;
    return merged;
}

/* allow(dead_code): Redis sets the bits; this says which, for the tests of both */
void watched_set(uint8_t *bits, size_t n_bytes, struct watched_range range_s)
{
    const int64_t from = at_least(range_s.from, 0);
    const int64_t to = at_most(range_s.to, (int64_t)n_bytes * 8);

    for (int64_t i = from; i < to; i++)
        bits[i / 8] |= (uint8_t)(0x80U >> i % 8);
}

int64_t watched_count(const struct watched *w)
{
    int64_t n = 0;

    for (size_t i = 0; i < w->n_bytes; i++)
        n += __builtin_popcount(w->bits[i]);
    return n;
}

size_t watched_ranges(const struct watched *w, struct watched_range *ranges_s, size_t max,
                      size_t *ret_n_all)
{
    const size_t n_bits = w->n_bytes * 8;
    size_t n_all = 0;

    for (size_t i = 0; i < n_bits; i++) {
        const size_t from = i;
        while (i < n_bits && has_bit(w, i))
            i++;
        if (i == from)
            continue;
        if (n_all < max)
            ranges_s[n_all] = (struct watched_range){.from = (int64_t)from, .to = (int64_t)i};
        n_all++;
    }
    *ret_n_all = n_all;
    return n_all < max ? n_all : max;
}

int watched_coverage_permille(int64_t count, int64_t n_seconds)
{
    if (n_seconds <= 0)
        return 0;
    return (int)at_most(count * 1000 / n_seconds, 1000);
}

bool watched_is_complete(int64_t count, int64_t n_seconds, int threshold_permille)
{
    return n_seconds > 0 && count * 1000 >= n_seconds * threshold_permille;
}

static int compare_from(const void *a, const void *b)
{
    const struct watched_range *left = a;
    const struct watched_range *right = b;

    return (left->from > right->from) - (left->from < right->from);
}

/* Sorts, joins what overlaps or touches, drops what is empty. Returns how many are left. */
static size_t join_ranges(struct watched_range *ranges, size_t n)
{
    size_t n_joined = 0;

    qsort(ranges, n, sizeof *ranges, compare_from);
    for (size_t i = 0; i < n; i++) {
        struct watched_range *last = n_joined > 0 ? &ranges[n_joined - 1] : NULL;
        if (ranges[i].from == ranges[i].to)
            continue;
        if (last && ranges[i].from <= last->to)
            last->to = at_least(last->to, ranges[i].to);
        else
            ranges[n_joined++] = ranges[i];
    }
    return n_joined;
}

/* How much of second s, which may be the lecture's short last one, was played. */
static bool is_half_played(int64_t played_ms, int64_t s, int64_t duration_ms)
{
    const int64_t length_ms = at_most(duration_ms - s * MS_PER_S, MS_PER_S);

    return played_ms * 2 >= length_ms;
}

/* Goes through disjoint, ordered runs of milliseconds and adds up what was played of each second.
 * Only a run's first and last seconds can be partly played, so these alone are looked at. */
struct second_sum {
    int64_t second;    /* the one that is being added up; -1 for none */
    int64_t played_ms; /* of it, so far */
    int64_t duration_ms;
    struct watched_range *out;
    size_t n_out;
};

static void emit(struct second_sum *sum, int64_t from, int64_t to)
{
    if (from >= to)
        return;
    if (sum->n_out > 0 && sum->out[sum->n_out - 1].to == from)
        sum->out[sum->n_out - 1].to = to;
    else
        sum->out[sum->n_out++] = (struct watched_range){.from = from, .to = to};
}

static void finish_second(struct second_sum *sum)
{
    if (sum->second >= 0 && is_half_played(sum->played_ms, sum->second, sum->duration_ms))
        emit(sum, sum->second, sum->second + 1);
    sum->second = -1;
    sum->played_ms = 0;
}

static void add_to_second(struct second_sum *sum, int64_t second, int64_t played_ms)
{
    if (second != sum->second)
        finish_second(sum);
    sum->second = second;
    sum->played_ms += played_ms;
}

static void add_run(struct second_sum *sum, int64_t from_ms, int64_t to_ms)
{
    const int64_t first = from_ms / MS_PER_S;
    const int64_t last = (to_ms - 1) / MS_PER_S;

    if (first == last) {
        add_to_second(sum, first, to_ms - from_ms);
        return;
    }
    add_to_second(sum, first, (first + 1) * MS_PER_S - from_ms);
    finish_second(sum);
    emit(sum, first + 1, last);
    add_to_second(sum, last, to_ms - last * MS_PER_S);
}

int watched_from_played(struct watched_range *ranges_ms, size_t n, int64_t duration_us,
                        struct watched_range *ranges_s, size_t *ret_n)
{
    const int64_t duration_ms =
        at_most((duration_us + MS_PER_S - 1) / MS_PER_S, (int64_t)WATCHED_MAX_S * MS_PER_S);

    for (size_t i = 0; i < n; i++)
        if (ranges_ms[i].from < 0 || ranges_ms[i].to < ranges_ms[i].from)
            return ERR_INVALID;
    n = join_ranges(ranges_ms, n);
    struct second_sum sum = {.second = -1, .duration_ms = duration_ms, .out = ranges_s};
    for (size_t i = 0; i < n; i++) {
        const int64_t from_ms = ranges_ms[i].from;
        const int64_t to_ms = at_most(ranges_ms[i].to, duration_ms);
        if (from_ms < to_ms)
            add_run(&sum, from_ms, to_ms);
    }
    finish_second(&sum);
    *ret_n = sum.n_out;
    return 0;
}
