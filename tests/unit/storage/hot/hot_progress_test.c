// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/hot/hot_progress.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>
#include <event2/event.h>
#include <jansson.h>

#include "common/err.h"
#include "tests/unit/storage/redis_fixture.h"
#include "tests/unit/support/fail_alloc.h"

static struct redis_fixture f;
static struct event_base *base;
static struct redis_link *link_of_test;
static char user_id[ID_SIZE], lecture_id[ID_SIZE];

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
                           int64_t seq)
{
    return (struct beat){
        .user_id = user_id,
        .lecture_id = lecture_id,
        .session = "0123456789abcdef0123456789abcdef",
        .n_seconds = WATCHED_MAX_S,
        .seq = seq,
        .position_ms = position_ms,
        .ranges_s = ranges,
        .n_ranges = n,
    };
}

static enum beat_verdict store(const struct beat *beat, int64_t credit_ms)
{
    struct outcome outcome = {0};

    cr_assert_eq(hot_progress_store(link_of_test, beat, 1, credit_ms, on_beats, &outcome), 0);
    cr_assert_not(outcome.is_done);
    redis_fixture_run(base, &outcome.is_done);
    cr_assert_eq(outcome.err, 0);
    cr_assert_eq(outcome.n, 1);
    return outcome.verdicts[0];
}

static enum beat_verdict store_range(int64_t from, int64_t to)
{
    const struct watched_range range = {.from = from, .to = to};
    const struct beat beat = beat_of(&range, 1, to * 1000, to);

    return store(&beat, 1000000);
}

struct reading {
    bool is_done;
    int err;
    struct watched watched;
    uint8_t bits[WATCHED_MAX_BYTES];
    char sessions[WATCHED_SESSIONS_SIZE];
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
    cr_assert_eq(slice_to_cstr(watched->sessions, reading->sessions, WATCHED_SESSIONS_SIZE), 0);
    reading->watched.sessions = slice_from(reading->sessions);
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
    cr_assert_eq(watched->order, 0);
}

Test(hot_progress, bits_are_numbered_as_watched_seconds_numbers_them)
{
    const struct watched_range ranges[] = {{0, 1}, {7, 9}, {62, 131}};
    uint8_t expected[17] = {0};
    const struct beat beat = beat_of(ranges, 3, 131000, 6);

    for (int i = 0; i < 3; i++)
        watched_set(expected, sizeof expected, ranges[i]);
    cr_assert_eq(store(&beat, 1000000), BEAT_COUNTED);
    const struct watched *watched = read_back();
    cr_assert_eq(watched->n_bytes, sizeof expected);
    cr_assert_arr_eq(watched->bits, expected, sizeof expected);
    cr_assert_eq(watched->position_ms, 131000);
    cr_assert_eq(watched->order, 1);
    cr_assert_eq(watched->seq, 6);
    cr_assert(slice_is(watched->sessions, "0123456789abcdef0123456789abcdef"));
    cr_assert_eq(redis_fixture_int(&f, "SCARD wp:dirty"), 1);
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

Test(hot_progress, fresh_sessions_leave_no_keys)
{
    char session[ID_SIZE], command[160];
    struct beat beat = beat_of(NULL, 0, 0, 0);

    beat.session = session;
    for (int i = 0; i < 100; i++) {
        id_new(session);
        cr_assert_eq(store(&beat, 30000), BEAT_COUNTED);
    }
    cr_assert_eq(redis_fixture_int(&f, "DBSIZE"), 4, "place, purse, lectures, dirty");
    cr_assert_eq(read_back()->order, 100);
    cr_assert_eq(read_back()->sessions.length, WATCHED_SESSIONS * ID_SIZE - 1);
    (void)snprintf(command, sizeof command, "TTL wu:%s", user_id);
    cr_assert_gt(redis_fixture_int(&f, command), 23 * 3600);
    (void)snprintf(command, sizeof command, "TTL wl:%s", user_id);
    cr_assert_gt(redis_fixture_int(&f, command), 29 * 24 * 3600);
}

/* A learner who opens every lecture that there is. */
Test(hot_progress, the_lectures_of_a_learner_with_keys_are_bounded)
{
    const struct beat beat = beat_of(NULL, 0, 5000, 0);
    char command[160], first[ID_SIZE];

    memcpy(first, lecture_id, ID_SIZE);
    for (int i = 0; i < 64; i++) {
        cr_assert_eq(store(&beat, 30000), BEAT_COUNTED);
        id_new(lecture_id);
    }
    cr_assert_eq(store(&beat, 30000), BEAT_TOO_SOON, "what is not drained is never dropped");
    redis_reply_free(redis_fixture_do(&f, "RENAME wp:dirty wp:draining"));
    cr_assert_eq(store(&beat, 30000), BEAT_TOO_SOON, "nor what is being drained");
    redis_reply_free(redis_fixture_do(&f, "DEL wp:draining"));
    for (int i = 0; i < 10; i++) {
        cr_assert_eq(store(&beat, 30000), BEAT_COUNTED);
        id_new(lecture_id);
    }
    (void)snprintf(command, sizeof command, "ZCARD wl:%s", user_id);
    cr_assert_eq(redis_fixture_int(&f, command), 64);
    (void)snprintf(command, sizeof command, "EXISTS wq:%s:%s", user_id, first);
    cr_assert_eq(redis_fixture_int(&f, command), 0, "the one that was quiet for longest");
    cr_assert_eq(redis_fixture_int(&f, "DBSIZE"), 64 + 3);
}

Test(hot_progress, a_refused_beat_of_nobody_known_expires_by_itself)
{
    const struct watched_range range = {.from = 0, .to = 100};
    const struct beat beat = beat_of(&range, 1, 0, 0);
    char command[160];

    cr_assert_eq(store(&beat, 1000), BEAT_TOO_SOON);
    (void)snprintf(command, sizeof command, "TTL wq:%s:%s", user_id, lecture_id);
    cr_assert_gt(redis_fixture_int(&f, command), 29 * 24 * 3600);
    cr_assert_eq(redis_fixture_int(&f, "EXISTS wp:dirty"), 0);
    cr_assert_eq(read_back()->order, 0);
}

Test(hot_progress, many_beats_are_one_call_and_each_has_its_verdict)
{
    struct watched_range ranges[20];
    struct beat beats[20];
    struct outcome outcome = {0};

    for (int i = 0; i < 20; i++) {
        ranges[i] = (struct watched_range){.from = i * 10, .to = i * 10 + (i == 7 ? 5000 : 10)};
        beats[i] = beat_of(&ranges[i], 1, i, i);
    }
    cr_assert_eq(hot_progress_store(link_of_test, beats, 20, 200000, on_beats, &outcome), 0);
    redis_fixture_run(base, &outcome.is_done);
    cr_assert_eq(outcome.n, 20);
    for (int i = 0; i < 20; i++)
        cr_assert_eq(outcome.verdicts[i], i == 7 ? BEAT_TOO_SOON : BEAT_COUNTED, "beat %d", i);
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
    const struct beat beat = beat_of(NULL, 0, 1, 0);
    struct outcome outcome = {0};
    struct reading reading = {0};

    cr_assert_eq(kill(f.pid, SIGSTOP), 0);
    cr_assert_eq(hot_progress_store(link_of_test, &beat, 1, 0, on_beats, &outcome), 0);
    cr_assert_eq(hot_progress_read(link_of_test, user_id, lecture_id, on_read, &reading), 0);
    redis_fixture_stop(&f);
    redis_fixture_run(base, &outcome.is_done);
    redis_fixture_run(base, &reading.is_done);
    cr_assert_eq(outcome.err, ERR_UNAVAILABLE);
    cr_assert_eq(reading.err, ERR_UNAVAILABLE);
    cr_assert_eq(hot_progress_store(link_of_test, &beat, 1, 0, on_beats, &outcome),
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
        beat = beat_of(cases[i].ranges, cases[i].n, 0, 0);
        beat.n_seconds = 100;
        cr_assert_eq(hot_progress_store(link_of_test, &beat, 1, 0, on_beats, &outcome),
                     cases[i].err, "case %zu", i);
    }
    beat = beat_of(NULL, 0, 0, BEAT_MAX_SEQ + 1);
    cr_assert_eq(hot_progress_store(link_of_test, &beat, 1, 0, on_beats, &outcome), ERR_INVALID,
                 "more than a number of a script holds");
    static const char *const sessions[] = {"", "a:b", "a b", "*"};
    for (size_t i = 0; i < sizeof sessions / sizeof sessions[0]; i++) {
        beat = beat_of(NULL, 0, 0, 0);
        beat.session = sessions[i];
        cr_assert_eq(hot_progress_store(link_of_test, &beat, 1, 0, on_beats, &outcome),
                     ERR_INVALID);
    }
    beat = beat_of(NULL, 0, 0, 0);
    beat.user_id = "not an id";
    cr_assert_eq(hot_progress_store(link_of_test, &beat, 1, 0, on_beats, &outcome), ERR_INVALID);
    cr_assert_eq(hot_progress_store(link_of_test, &beat, 0, 0, on_beats, &outcome), ERR_INVALID);
}

Test(hot_progress, memory_that_runs_out_anywhere_is_told_once)
{
    struct watched_range ranges[3] = {{0, 1}, {1, 2}, {2, 3}};
    struct beat beats[3];
    struct reading reading;
    struct outcome outcome;
    int err = 0;

    for (int i = 0; i < 3; i++)
        beats[i] = beat_of(&ranges[i], 1, i, i);
    for (size_t n = 0; fail_alloc_again(&n);) {
        outcome = (struct outcome){0};
        fail_alloc_start(n);
        err = hot_progress_store(link_of_test, beats, 3, 9000, on_beats, &outcome);
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

/* The script goes by Redis' own clock, so time passes by making what it has noted older. */
static void let_pass(int64_t ms)
{
    char command[400];

    /* words are separated by spaces, so the script has none */
    (void)snprintf(command, sizeof command,
                   "EVAL for\t_,k\tin\tipairs(redis.call('KEYS','w[qu]:%s*'))do\t"
                   "if\tredis.call('HEXISTS',k,'r')==1\tthen\tredis.call('HINCRBY',k,'r',%lld)\t"
                   "end\tend\treturn\t1 0",
                   user_id, -(long long)ms);
    cr_assert_eq(redis_fixture_int(&f, command), 1);
}

/* What SQLite has of the case's one lecture. */
static struct watched drained;
static uint8_t drained_bits[WATCHED_MAX_BYTES];
static char drained_sessions[WATCHED_SESSIONS_SIZE];

static void drain(void)
{
    const struct watched *hot = read_back();

    drained = watched_merge(&drained, hot, drained_bits);
    if (drained.sessions.data != drained_sessions)
        (void)slice_to_cstr(drained.sessions, drained_sessions, sizeof drained_sessions);
    drained.sessions = slice_from(drained_sessions);
}

static void lecture_of(const json_t *entry, const char *usual)
{
    const char *name = json_string_value(json_object_get(entry, "lecture"));

    (void)snprintf(lecture_id, ID_SIZE, "%s", usual);
    if (name)
        memcpy(lecture_id + ID_LENGTH - 2, name, 2);
    for (char *at = lecture_id; *at; at++)
        *at = *at == 'l' ? 'e' : *at;
}

static void play_beat(const json_t *entry, int64_t credit_ms, const char *case_name, size_t i)
{
    struct watched_range ranges[BEAT_MAX_RANGES];
    const json_t *list = json_object_get(entry, "ranges_s");
    const char *session = json_string_value(json_object_get(entry, "session"));

    if (json_is_true(json_object_get(entry, "flushed_before"))) {
        drain();
        redis_reply_free(redis_fixture_do(&f, "FLUSHALL"));
    }
    for (size_t k = 0; k < json_array_size(list); k++) {
        const json_t *pair = json_array_get(list, k);
        ranges[k].from = json_integer_value(json_array_get(pair, 0));
        ranges[k].to = json_integer_value(json_array_get(pair, 1));
    }
    struct beat beat = beat_of(ranges, json_array_size(list), number_or(entry, "position_ms", 0),
                               number_or(entry, "seq", (int64_t)i));
    beat.session = session ? session : "theSession";
    beat.extra_credit_ms = number_or(entry, "extra_credit_ms", 0);
    beat.n_seconds = number_or(entry, "n_seconds", WATCHED_MAX_S);
    beat.stored = drained;
    const char *wanted = json_string_value(json_object_get(entry, "verdict"));
    const char *got = store(&beat, credit_ms) == BEAT_COUNTED ? "counted" : "too-soon";
    cr_assert_str_eq(got, wanted, "%s, beat %zu", case_name, i);
}

static void play_case(const json_t *entry)
{
    const json_t *beats = json_object_get(entry, "beats");
    const char *name = json_string_value(json_object_get(entry, "name"));
    char usual[ID_SIZE];
    int64_t now_ms = 0;

    id_new(user_id);
    id_new(usual);
    usual[ID_LENGTH - 2] = 'f'; /* or it might be one of the named ones, which end in e0 to e9 */
    drained = (struct watched){0};
    for (size_t k = 0; k < json_array_size(beats); k++) {
        const json_t *beat = json_array_get(beats, k);
        const int64_t at_ms = number_or(beat, "at_ms", 0);
        if (at_ms != now_ms)
            let_pass(at_ms - now_ms);
        now_ms = at_ms;
        lecture_of(beat, usual);
        play_beat(beat, number_or(entry, "credit_ms", 0), name, k);
    }
    lecture_of(NULL, usual);
    drain();
    cr_assert_eq(watched_count(&drained), number_or(entry, "watched_s", -1), "%s", name);
    cr_assert_eq(drained.position_ms, number_or(entry, "position_ms", drained.position_ms), "%s",
                 name);
}

Test(hot_progress, claims_are_judged_as_the_vectors_say)
{
    json_error_t error;
    json_t *vectors = json_load_file(BANMAI_VECTORS "/plausibility.json", 0, &error);
    const json_t *list = json_object_get(vectors, "sessions");

    cr_assert_geq(json_array_size(list), 25, "%s", error.text);
    for (size_t i = 0; i < json_array_size(list); i++)
        play_case(json_array_get(list, i));
    json_decref(vectors);
}
