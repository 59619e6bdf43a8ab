// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/hot/watched_seconds.h"

#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>
#include <jansson.h>

#include "common/encode.h"
#include "common/err.h"
#include "tests/unit/storage/random.h"

enum { MAX_RANGES = 64 };

struct bitmap {
    uint8_t bytes[WATCHED_MAX_BYTES];
    size_t n;
};

/* ---- the vectors that the player's code reads too ---- */

static json_t *vectors;

static void load_vectors(void)
{
    json_error_t error;

    vectors =
        json_load_file(BANMAI_VECTORS "/watched_seconds.json", JSON_REJECT_DUPLICATES, &error);
    cr_assert_not_null(vectors, "%s:%d", error.text, error.line);
}

static void free_vectors(void)
{
    json_decref(vectors);
}

TestSuite(watched_seconds);
TestSuite(watched_vectors, .init = load_vectors, .fini = free_vectors);

static int64_t number(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    cr_assert(json_is_integer(value), "%s", name);
    return json_integer_value(value);
}

static const char *name_of(const json_t *object)
{
    return json_string_value(json_object_get(object, "name"));
}

static void read_bitmap(const json_t *object, struct bitmap *bitmap)
{
    const char *hex = json_string_value(json_object_get(object, "watched"));

    cr_assert_not_null(hex);
    bitmap->n = strlen(hex) / 2;
    cr_assert_leq(bitmap->n, sizeof bitmap->bytes);
    cr_assert_eq(decode_hex(slice_from(hex), bitmap->bytes, bitmap->n), 0);
}

static struct watched read_state(const json_t *object, struct bitmap *bitmap)
{
    read_bitmap(object, bitmap);
    return (struct watched){
        .bits = bitmap->bytes,
        .n_bytes = bitmap->n,
        .position_ms = number(object, "position_ms"),
        .order = number(object, "order"),
        .seq = number(object, "seq"),
    };
}

static bool is_same(const struct watched *a, const struct watched *b)
{
    return a->n_bytes == b->n_bytes && a->position_ms == b->position_ms && a->order == b->order &&
           a->seq == b->seq && (a->n_bytes == 0 || memcmp(a->bits, b->bits, a->n_bytes) == 0);
}

static size_t read_ranges(const json_t *object, const char *name, struct watched_range *ranges)
{
    const json_t *array = json_object_get(object, name);

    cr_assert(json_is_array(array) && json_array_size(array) <= MAX_RANGES);
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *pair = json_array_get(array, i);
        ranges[i].from = json_integer_value(json_array_get(pair, 0));
        ranges[i].to = json_integer_value(json_array_get(pair, 1));
    }
    return json_array_size(array);
}

Test(watched_vectors, states_merge_as_written_from_both_sides)
{
    static struct bitmap a_bits, b_bits, merged_bits, buffer;
    const json_t *list = json_object_get(vectors, "merge");

    cr_assert_geq(json_array_size(list), 10);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        const struct watched a = read_state(json_object_get(entry, "a"), &a_bits);
        const struct watched b = read_state(json_object_get(entry, "b"), &b_bits);
        const struct watched expected = read_state(json_object_get(entry, "merged"), &merged_bits);
        struct watched merged = watched_merge(&a, &b, buffer.bytes);
        cr_assert(is_same(&merged, &expected), "%s", name_of(entry));
        merged = watched_merge(&b, &a, buffer.bytes);
        cr_assert(is_same(&merged, &expected), "%s, exchanged", name_of(entry));
        merged = watched_merge(&merged, &a, buffer.bytes);
        cr_assert(is_same(&merged, &expected), "%s, again", name_of(entry));
    }
}

Test(watched_vectors, played_milliseconds_become_the_seconds_written)
{
    static struct bitmap expected, bits;
    struct watched_range played[MAX_RANGES], seconds[MAX_RANGES], wanted[MAX_RANGES];
    const json_t *list = json_object_get(vectors, "played");

    cr_assert_geq(json_array_size(list), 20);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        const size_t n_played = read_ranges(entry, "played_ms", played);
        const size_t n_wanted = read_ranges(entry, "seconds", wanted);
        size_t n = 99;
        cr_assert_eq(watched_from_played(played, n_played, number(entry, "duration_us"), seconds,
                                         &n),
                     0);
        cr_assert_eq(n, n_wanted, "%s: %zu ranges", name_of(entry), n);
        cr_assert(n == 0 || memcmp(seconds, wanted, n * sizeof *wanted) == 0, "%s", name_of(entry));
        memset(bits.bytes, 0, sizeof bits.bytes);
        for (size_t k = 0; k < n; k++)
            watched_set(bits.bytes, sizeof bits.bytes, seconds[k]);
        read_bitmap(entry, &expected);
        const struct watched all = {.bits = bits.bytes, .n_bytes = sizeof bits.bytes};
        cr_assert_eq(memcmp(bits.bytes, expected.bytes, expected.n), 0, "%s", name_of(entry));
        cr_assert_eq(watched_count(&all), number(entry, "count"), "%s", name_of(entry));
    }
}

Test(watched_vectors, bad_pieces_are_refused)
{
    struct watched_range played[MAX_RANGES], seconds[MAX_RANGES];
    const json_t *list = json_object_get(vectors, "refused");

    cr_assert_geq(json_array_size(list), 3);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        const size_t n_played = read_ranges(entry, "played_ms", played);
        size_t n = 99;
        cr_assert_eq(watched_from_played(played, n_played, number(entry, "duration_us"), seconds,
                                         &n),
                     ERR_INVALID, "%s", name_of(entry));
        cr_assert_eq(n, 99);
    }
}

Test(watched_vectors, coverage_and_completion_are_as_written)
{
    const json_t *list = json_object_get(vectors, "coverage");

    cr_assert_geq(json_array_size(list), 10);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        const int64_t count = number(entry, "count"), n_seconds = number(entry, "n_seconds");
        cr_assert_eq(watched_coverage_permille(count, n_seconds),
                     number(entry, "coverage_permille"), "%s", name_of(entry));
        cr_assert_eq(watched_is_complete(count, n_seconds,
                                         (int)number(entry, "threshold_permille")),
                     json_is_true(json_object_get(entry, "is_complete")), "%s", name_of(entry));
    }
}

Test(watched_vectors, a_lecture_has_the_seconds_written)
{
    const json_t *list = json_object_get(vectors, "n_seconds");

    cr_assert_geq(json_array_size(list), 8);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        cr_assert_eq(watched_n_seconds(number(entry, "duration_us")), number(entry, "n_seconds"));
    }
}

/* ---- by hand ---- */

Test(watched_seconds, ranges_are_set_within_the_bitmap_alone)
{
    uint8_t bits[4] = {0};

    watched_set(bits, 3, (struct watched_range){.from = -5, .to = 2});
    watched_set(bits, 3, (struct watched_range){.from = 22, .to = 99});
    watched_set(bits, 3, (struct watched_range){.from = 9, .to = 9});
    watched_set(bits, 3, (struct watched_range){.from = 12, .to = 10});
    const uint8_t expected[4] = {0xc0, 0x00, 0x03, 0x00};
    cr_assert_arr_eq(bits, expected, 4);
}

Test(watched_seconds, runs_come_out_in_order_and_more_than_fit_are_counted)
{
    const uint8_t bits[] = {0xe1, 0x80, 0x01};
    const struct watched w = {.bits = bits, .n_bytes = sizeof bits};
    struct watched_range ranges[3];
    size_t n_all = 0;

    cr_assert_eq(watched_ranges(&w, ranges, 3, &n_all), 3);
    cr_assert_eq(n_all, 3);
    cr_assert_eq(ranges[0].from, 0);
    cr_assert_eq(ranges[0].to, 3);
    cr_assert_eq(ranges[1].from, 7);
    cr_assert_eq(ranges[1].to, 9);
    cr_assert_eq(ranges[2].from, 23);
    cr_assert_eq(ranges[2].to, 24);
    cr_assert_eq(watched_ranges(&w, ranges, 1, &n_all), 1);
    cr_assert_eq(n_all, 3);
    cr_assert_eq(watched_ranges(&w, NULL, 0, &n_all), 0);
}

Test(watched_seconds, nothing_has_no_runs)
{
    const struct watched w = {0};
    struct watched_range range;
    size_t n_all = 7;

    cr_assert_eq(watched_ranges(&w, &range, 1, &n_all), 0);
    cr_assert_eq(n_all, 0);
    cr_assert_eq(watched_count(&w), 0);
}

Test(watched_seconds, the_longest_lecture_is_a_day)
{
    struct watched_range played = {.from = 86399000, .to = INT64_MAX}, seconds;
    size_t n = 0;

    cr_assert_eq(watched_from_played(&played, 1, INT64_C(90000) * 1000000, &seconds, &n), 0);
    cr_assert_eq(n, 1);
    cr_assert_eq(seconds.from, WATCHED_MAX_S - 1);
    cr_assert_eq(seconds.to, WATCHED_MAX_S);
}

/* ---- laws, on random values ---- */

static struct random_source source;

static struct watched random_state(struct bitmap *bitmap)
{
    bitmap->n = (size_t)(random_below(&source, 12));
    memset(bitmap->bytes, 0, 16);
    for (int i = random_below(&source, 4); i > 0; i--) {
        const int64_t from = random_below(&source, 96);
        watched_set(bitmap->bytes, bitmap->n,
                    (struct watched_range){.from = from, .to = from + random_below(&source, 30)});
    }
    return (struct watched){
        .bits = bitmap->bytes,
        .n_bytes = bitmap->n,
        .position_ms = random_below(&source, 3),
        .order = random_below(&source, 3),
    };
}

Test(watched_seconds, merging_is_commutative_associative_and_idempotent)
{
    static struct bitmap a_bits, b_bits, c_bits;
    uint8_t left_bytes[16], right_bytes[16], part[16];

    source = random_start("watched_seconds");
    for (int i = 0; i < 20000; i++) {
        const struct watched a = random_state(&a_bits);
        const struct watched b = random_state(&b_bits);
        const struct watched c = random_state(&c_bits);
        struct watched left = watched_merge(&a, &b, left_bytes);
        struct watched right = watched_merge(&b, &a, right_bytes);
        cr_assert(is_same(&left, &right), "a + b = b + a");
        left = watched_merge(&left, &c, left_bytes);
        right = watched_merge(&b, &c, part);
        right = watched_merge(&a, &right, right_bytes);
        cr_assert(is_same(&left, &right), "(a + b) + c = a + (b + c)");
        right = watched_merge(&left, &b, right_bytes);
        cr_assert(is_same(&left, &right), "what is in it changes nothing");
    }
}

/* The plainest way to say it: millisecond by millisecond. */
static void count_by_hand(const struct watched_range *played, size_t n, int64_t duration_ms,
                          bool is_watched[32])
{
    bool is_played[32 * 1000] = {false};

    for (size_t i = 0; i < n; i++)
        for (int64_t ms = played[i].from; ms < played[i].to && ms < duration_ms; ms++)
            is_played[ms] = true;
    for (int64_t s = 0; s < 32; s++) {
        int64_t length = 0, sum = 0;
        for (int64_t ms = s * 1000; ms < (s + 1) * 1000 && ms < duration_ms; ms++) {
            length++;
            sum += is_played[ms];
        }
        is_watched[s] = length > 0 && sum * 2 >= length && sum > 0;
    }
}

Test(watched_seconds, played_pieces_count_as_if_counted_by_hand)
{
    struct watched_range played[8], seconds[8];

    source = random_start("watched_seconds");
    for (int i = 0; i < 1000; i++) {
        const size_t n = (size_t)(random_below(&source, 8));
        const int64_t duration_ms = random_below(&source, 32000);
        bool expected[32], actual[32] = {false};
        for (size_t k = 0; k < n; k++) {
            played[k].from = random_below(&source, 31000);
            played[k].to =
                played[k].from + random_below(&source, random_below(&source, 4) ? 700 : 9000);
        }
        count_by_hand(played, n, duration_ms, expected);
        size_t n_ranges = 0;
        struct watched_range *out = random_below(&source, 2) ? seconds : played;
        cr_assert_eq(watched_from_played(played, n, duration_ms * 1000, out, &n_ranges), 0);
        cr_assert_leq(n_ranges, n);
        for (size_t k = 0; k < n_ranges; k++) {
            cr_assert(k == 0 || out[k - 1].to < out[k].from, "in order, not touching");
            for (int64_t s = out[k].from; s < out[k].to; s++)
                actual[s] = true;
        }
        cr_assert_arr_eq(actual, expected, sizeof expected);
    }
}
