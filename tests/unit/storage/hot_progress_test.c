// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/hot_progress.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>
#include <event2/event.h>
#include <jansson.h>

#include "common/err.h"
#include "redis_fixture.h"
#include "tests/unit/support/fail_alloc.h"

static struct redis_fixture f;
static struct event_base *base;
static struct redis_link *link_of_test;
static char user_id[ID_SIZE], lecture_id[ID_SIZE];

enum { START_MS = 1000000 };

static void set_up(void)
{
    redis_fixture_open(&f);
    base = event_base_new();
    const struct redis_loop loop = redis_fixture_loop(base);
    cr_assert_eq(redis_link_new(f.address, &loop, &link_of_test), 0);
    redis_fixture_run_ready(base, link_of_test);
    id_new(user_id);
    id_new(lecture_id);
}

static void tear_down(void)
{
    redis_link_free(link_of_test);
    event_base_free(base);
    redis_fixture_close(&f);
}

TestSuite(hot_progress, .init = set_up, .fini = tear_down);

struct outcome {
    bool is_done;
    int err;
    size_t n;
    enum beat_verdict verdicts[BEATS_MAX];
};

static void on_beats(int err, const enum beat_verdict *verdicts, size_t n, void *arg)
{
    struct outcome *outcome = arg;

    outcome->is_done = true;
    outcome->err = err;
    outcome->n = n;
    memcpy(outcome->verdicts, verdicts, n * sizeof *verdicts);
}

static struct beat beat_of(const struct watched_range *ranges, size_t n, int64_t position_ms,
                           int64_t happened_at_ms)
{
    return (struct beat){
        .user_id = user_id,
        .lecture_id = lecture_id,
        .session = "0123456789abcdef0123456789abcdef",
        .n_seconds = WATCHED_MAX_S,
        .position_ms = position_ms,
        .happened_at_ms = happened_at_ms,
        .ranges_s = ranges,
        .n_ranges = n,
    };
}

static enum beat_verdict store(const struct beat *beat, int64_t credit_ms, int64_t now_ms)
{
    struct outcome outcome = {0};

    cr_assert_eq(hot_progress_store(link_of_test, beat, 1, credit_ms, now_ms, on_beats, &outcome),
                 0);
    cr_assert_not(outcome.is_done);
    redis_fixture_run(base, &outcome.is_done);
    cr_assert_eq(outcome.err, 0);
    cr_assert_eq(outcome.n, 1);
    return outcome.verdicts[0];
}

static enum beat_verdict store_range(int64_t from, int64_t to)
{
    const struct watched_range range = {.from = from, .to = to};
    const struct beat beat = beat_of(&range, 1, to * 1000, START_MS);

    return store(&beat, 1000000, START_MS);
}

struct reading {
    bool is_done;
    int err;
    struct watched watched;
    uint8_t bits[WATCHED_MAX_BYTES];
};

static void on_read(int err, const struct watched *watched, void *arg)
{
    struct reading *reading = arg;

    reading->is_done = true;
    reading->err = err;
    if (err)
        return;
    reading->watched = *watched;
    if (watched->n_bytes > 0)
        memcpy(reading->bits, watched->bits, watched->n_bytes);
    reading->watched.bits = reading->bits;
}

static const struct watched *read_back(void)
{
    static struct reading reading;

    reading = (struct reading){0};
    cr_assert_eq(hot_progress_read(link_of_test, user_id, lecture_id, on_read, &reading), 0);
    redis_fixture_run(base, &reading.is_done);
    cr_assert_eq(reading.err, 0);
    return &reading.watched;
}

Test(hot_progress, nothing_was_watched_at_first)
{
    const struct watched *watched = read_back();

    cr_assert_eq(watched->n_bytes, 0);
    cr_assert_eq(watched->position_ms, 0);
    cr_assert_eq(watched->position_at_ms, 0);
}

Test(hot_progress, bits_are_numbered_as_watched_seconds_numbers_them)
{
    const struct watched_range ranges[] = {{0, 1}, {7, 9}, {62, 131}};
    uint8_t expected[17] = {0};
    const struct beat beat = beat_of(ranges, 3, 131000, START_MS);

    for (int i = 0; i < 3; i++)
        watched_set(expected, sizeof expected, ranges[i]);
    cr_assert_eq(store(&beat, 1000000, START_MS), BEAT_COUNTED);
    const struct watched *watched = read_back();
    cr_assert_eq(watched->n_bytes, sizeof expected);
    cr_assert_arr_eq(watched->bits, expected, sizeof expected);
    cr_assert_eq(watched->position_ms, 131000);
    cr_assert_eq(watched->position_at_ms, START_MS);
    cr_assert_eq(redis_fixture_int(&f, "SCARD wp:dirty"), 1);
}

Test(hot_progress, the_position_of_the_later_beat_wins)
{
    struct beat beat = beat_of(NULL, 0, 50000, START_MS);

    cr_assert_eq(store(&beat, 0, START_MS), BEAT_COUNTED);
    beat.position_ms = 90000;
    beat.happened_at_ms = START_MS - 1;
    cr_assert_eq(store(&beat, 0, START_MS), BEAT_COUNTED);
    cr_assert_eq(read_back()->position_ms, 50000);
    beat.position_ms = 20000;
    beat.happened_at_ms = START_MS + 5;
    cr_assert_eq(store(&beat, 0, START_MS + 5), BEAT_COUNTED);
    cr_assert_eq(read_back()->position_ms, 20000);
    beat.position_ms = 30000;
    cr_assert_eq(store(&beat, 0, START_MS + 5), BEAT_COUNTED);
    cr_assert_eq(read_back()->position_ms, 30000, "of two at the same moment the further one");
}

Test(hot_progress, a_beat_without_news_makes_nothing_dirty)
{
    cr_assert_eq(store_range(0, 10), BEAT_COUNTED);
    redis_reply_free(redis_fixture_do(&f, "DEL wp:dirty"));
    cr_assert_eq(store_range(0, 10), BEAT_COUNTED);
    cr_assert_eq(redis_fixture_int(&f, "EXISTS wp:dirty"), 0);
}

Test(hot_progress, a_beat_takes_the_expiry_away)
{
    char command[160];

    cr_assert_eq(store_range(0, 10), BEAT_COUNTED);
    (void)snprintf(command, sizeof command, "EXPIRE wp:%s:%s 100", user_id, lecture_id);
    cr_assert_eq(redis_fixture_int(&f, command), 1);
    cr_assert_eq(store_range(10, 11), BEAT_COUNTED);
    (void)snprintf(command, sizeof command, "TTL wp:%s:%s", user_id, lecture_id);
    cr_assert_eq(redis_fixture_int(&f, command), -1);
}

Test(hot_progress, sessions_and_purses_expire_by_themselves)
{
    char command[160];

    cr_assert_eq(store_range(0, 10), BEAT_COUNTED);
    (void)snprintf(command, sizeof command, "TTL ws:%s:%s", user_id,
                   "0123456789abcdef0123456789abcdef");
    cr_assert_gt(redis_fixture_int(&f, command), 29 * 24 * 3600);
    (void)snprintf(command, sizeof command, "TTL wc:%s", user_id);
    cr_assert_gt(redis_fixture_int(&f, command), 23 * 3600);
}

Test(hot_progress, many_beats_are_one_call_and_each_has_its_verdict)
{
    struct watched_range ranges[20];
    struct beat beats[20];
    struct outcome outcome = {0};

    for (int i = 0; i < 20; i++) {
        ranges[i] = (struct watched_range){.from = i * 10, .to = i * 10 + (i == 7 ? 5000 : 10)};
        beats[i] = beat_of(&ranges[i], 1, i, START_MS);
    }
    cr_assert_eq(hot_progress_store(link_of_test, beats, 20, 200000, START_MS, on_beats, &outcome),
                 0);
    redis_fixture_run(base, &outcome.is_done);
    cr_assert_eq(outcome.n, 20);
    for (int i = 0; i < 20; i++)
        cr_assert_eq(outcome.verdicts[i], i == 7 ? BEAT_IMPLAUSIBLE : BEAT_COUNTED, "beat %d", i);
    cr_assert_eq(watched_count(read_back()), 190);
}

Test(hot_progress, a_redis_that_forgot_the_script_is_told_it_again)
{
    cr_assert_eq(store_range(0, 10), BEAT_COUNTED);
    redis_reply_free(redis_fixture_do(&f, "SCRIPT FLUSH"));
    cr_assert_eq(store_range(10, 20), BEAT_COUNTED);
    redis_reply_free(redis_fixture_do(&f, "CONFIG RESETSTAT"));
    cr_assert_eq(store_range(20, 30), BEAT_COUNTED);
    CLEANUP(redis_reply_free) struct redisReply *stats = redis_fixture_do(&f, "INFO commandstats");
    cr_assert_null(strstr(redis_reply_text(stats).data, "cmdstat_eval:"),
                   "known scripts are called by their hash");
    cr_assert_eq(watched_count(read_back()), 30);
}

Test(hot_progress, a_redis_without_memory_stores_nothing_and_says_so)
{
    redis_reply_free(redis_fixture_do(&f, "CONFIG SET maxmemory 1"));
    cr_assert_eq(store_range(0, 10), BEAT_NOT_STORED);
    redis_reply_free(redis_fixture_do(&f, "CONFIG SET maxmemory 0"));
    cr_assert_eq(store_range(0, 10), BEAT_COUNTED);
}

Test(hot_progress, what_is_lost_with_the_connection_is_told)
{
    const struct beat beat = beat_of(NULL, 0, 1, START_MS);
    struct outcome outcome = {0};
    struct reading reading = {0};

    cr_assert_eq(kill(f.pid, SIGSTOP), 0);
    cr_assert_eq(hot_progress_store(link_of_test, &beat, 1, 0, START_MS, on_beats, &outcome), 0);
    cr_assert_eq(hot_progress_read(link_of_test, user_id, lecture_id, on_read, &reading), 0);
    redis_fixture_stop(&f);
    redis_fixture_run(base, &outcome.is_done);
    redis_fixture_run(base, &reading.is_done);
    cr_assert_eq(outcome.err, ERR_UNAVAILABLE);
    cr_assert_eq(reading.err, ERR_UNAVAILABLE);
    cr_assert_eq(hot_progress_store(link_of_test, &beat, 1, 0, START_MS, on_beats, &outcome),
                 ERR_UNAVAILABLE);
}

Test(hot_progress, beats_out_of_their_ranges_never_reach_redis)
{
    const struct watched_range touching[] = {{0, 5}, {5, 9}}, overlapping[] = {{0, 5}, {4, 9}},
                               empty[] = {{3, 3}}, negative[] = {{-1, 3}}, beyond[] = {{50, 101}};
    const struct {
        const struct watched_range *ranges;
        size_t n;
        int err;
    } cases[] = {{touching, 2, 0},
                 {overlapping, 2, ERR_INVALID},
                 {empty, 1, ERR_INVALID},
                 {negative, 1, ERR_INVALID},
                 {beyond, 1, ERR_INVALID}};
    static struct outcome outcome; /* the good one is answered when the link is freed */
    struct beat beat;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        beat = beat_of(cases[i].ranges, cases[i].n, 0, START_MS);
        beat.n_seconds = 100;
        cr_assert_eq(hot_progress_store(link_of_test, &beat, 1, 0, START_MS, on_beats, &outcome),
                     cases[i].err, "case %zu", i);
    }
    beat = beat_of(NULL, 0, 0, START_MS + 1);
    cr_assert_eq(hot_progress_store(link_of_test, &beat, 1, 0, START_MS, on_beats, &outcome),
                 ERR_INVALID, "from the future");
    static const char *const sessions[] = {"", "a:b", "a b", "*"};
    for (size_t i = 0; i < sizeof sessions / sizeof sessions[0]; i++) {
        beat = beat_of(NULL, 0, 0, START_MS);
        beat.session = sessions[i];
        cr_assert_eq(hot_progress_store(link_of_test, &beat, 1, 0, START_MS, on_beats, &outcome),
                     ERR_INVALID);
    }
    beat = beat_of(NULL, 0, 0, START_MS);
    beat.user_id = "not an id";
    cr_assert_eq(hot_progress_store(link_of_test, &beat, 1, 0, START_MS, on_beats, &outcome),
                 ERR_INVALID);
    cr_assert_eq(hot_progress_store(link_of_test, &beat, 0, 0, START_MS, on_beats, &outcome),
                 ERR_INVALID);
}

Test(hot_progress, memory_that_runs_out_anywhere_is_told_once)
{
    struct watched_range ranges[3] = {{0, 1}, {1, 2}, {2, 3}};
    struct beat beats[3];
    struct reading reading;
    struct outcome outcome;
    int err = 0;

    for (int i = 0; i < 3; i++)
        beats[i] = beat_of(&ranges[i], 1, i, START_MS);
    for (size_t n = 0; fail_alloc_again(&n);) {
        outcome = (struct outcome){0};
        fail_alloc_start(n);
        err = hot_progress_store(link_of_test, beats, 3, 9000, START_MS, on_beats, &outcome);
        const bool has_failed = fail_alloc_stop();
        if (err == 0)
            redis_fixture_run(base, &outcome.is_done);
        cr_assert_eq(err == 0 ? outcome.err : err, has_failed ? ERR_NO_MEMORY : 0);
    }
    for (size_t n = 0; fail_alloc_again(&n);) {
        reading = (struct reading){0};
        fail_alloc_start(n);
        err = hot_progress_read(link_of_test, user_id, lecture_id, on_read, &reading);
        cr_assert_eq(err, fail_alloc_stop() ? ERR_NO_MEMORY : 0);
    }
    redis_fixture_run(base, &reading.is_done);
    cr_assert_eq(watched_count(&reading.watched), 3);
}

/* ---- tests/vectors/plausibility.json ---- */

static int64_t number_or(const json_t *object, const char *name, int64_t otherwise)
{
    const json_t *value = json_object_get(object, name);

    return value ? json_integer_value(value) : otherwise;
}

static void play_beat(const json_t *entry, int64_t credit_ms, const char *case_name, size_t i)
{
    struct watched_range ranges[BEAT_MAX_RANGES];
    const json_t *list = json_object_get(entry, "ranges_s");
    const char *session = json_string_value(json_object_get(entry, "session"));
    const int64_t now_ms = START_MS + number_or(entry, "at_ms", 0);

    for (size_t k = 0; k < json_array_size(list); k++) {
        const json_t *pair = json_array_get(list, k);
        ranges[k].from = json_integer_value(json_array_get(pair, 0));
        ranges[k].to = json_integer_value(json_array_get(pair, 1));
    }
    struct beat beat =
        beat_of(ranges, json_array_size(list), number_or(entry, "position_ms", 0), now_ms);
    beat.session = session ? session : "theSession";
    beat.extra_credit_ms = number_or(entry, "extra_credit_ms", 0);
    const char *wanted = json_string_value(json_object_get(entry, "verdict"));
    const char *got = store(&beat, credit_ms, now_ms) == BEAT_COUNTED ? "counted" : "implausible";
    cr_assert_str_eq(got, wanted, "%s, beat %zu", case_name, i);
}

Test(hot_progress, claims_are_judged_as_the_vectors_say)
{
    json_error_t error;
    json_t *vectors = json_load_file(BANMAI_VECTORS "/plausibility.json", 0, &error);
    const json_t *list = json_object_get(vectors, "sessions");

    cr_assert_geq(json_array_size(list), 15, "%s", error.text);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        const json_t *beats = json_object_get(entry, "beats");
        const char *name = json_string_value(json_object_get(entry, "name"));
        id_new(user_id);
        for (size_t k = 0; k < json_array_size(beats); k++)
            play_beat(json_array_get(beats, k), number_or(entry, "credit_ms", 0), name, k);
        cr_assert_eq(watched_count(read_back()), number_or(entry, "watched_s", -1), "%s", name);
    }
    json_decref(vectors);
}
