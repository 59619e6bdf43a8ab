// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/redis/redis_sync.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "common/clock.h"
#include "common/err.h"
#include "tests/unit/storage/redis_fixture.h"

static struct redis_fixture f;

static void set_up(void)
{
    redis_fixture_open(&f);
}

static void tear_down(void)
{
    redis_fixture_close(&f);
}

TestSuite(redis_sync, .init = set_up, .fini = tear_down);

static int call(struct redis_sync *redis, const char *first, const char *second)
{
    CLEANUP(redis_reply_free) struct redisReply *reply = NULL;
    struct redis_args args;

    redis_args_init(&args);
    redis_args_add_text(&args, first);
    if (second)
        redis_args_add_text(&args, second);
    return redis_sync_call(redis, &args, 0, &reply);
}

Test(redis_sync, values_come_back_byte_for_byte)
{
    CLEANUP(redis_reply_free) struct redisReply *stored = NULL;
    CLEANUP(redis_reply_free) struct redisReply *reply = NULL;
    struct redis_args args;

    redis_args_init(&args);
    redis_args_add_text(&args, "SET");
    redis_args_add_text(&args, "key");
    redis_args_add(&args, slice_of("a\r\n\0%s", 6));
    cr_assert_eq(redis_sync_call(f.redis, &args, 0, &stored), 0);
    reply = redis_fixture_do(&f, "GET key");
    cr_assert(slice_equals(redis_reply_text(reply), slice_of("a\r\n\0%s", 6)));
}

Test(redis_sync, an_error_of_redis_is_told_and_the_connection_stays)
{
    cr_assert_eq(call(f.redis, "NO-SUCH-COMMAND", NULL), ERR_INVALID);
    cr_assert_not_null(strstr(redis_sync_failure(f.redis), "unknown command"));
    cr_assert_eq(call(f.redis, "PING", NULL), 0);
}

Test(redis_sync, a_server_that_is_gone_is_unavailable_and_found_again)
{
    redis_fixture_stop(&f);
    cr_assert_eq(call(f.redis, "PING", NULL), ERR_UNAVAILABLE);
    cr_assert_eq(call(f.redis, "PING", NULL), ERR_UNAVAILABLE);
    redis_fixture_start(&f, "--loglevel", "warning");
    cr_assert_eq(call(f.redis, "PING", NULL), 0);
}

Test(redis_sync, a_server_that_hangs_is_a_timeout)
{
    struct redis_sync *impatient = NULL;

    cr_assert_eq(redis_sync_new(f.address, 100, &impatient), 0);
    cr_assert_eq(call(impatient, "PING", NULL), 0);
    cr_assert_eq(kill(f.pid, SIGSTOP), 0);
    const int64_t start_ms = clock_monotonic_ms();
    cr_assert_eq(call(impatient, "PING", NULL), ERR_TIMEOUT);
    cr_assert_lt(clock_monotonic_ms() - start_ms, 2000);
    cr_assert_eq(kill(f.pid, SIGCONT), 0);
    cr_assert_eq(call(impatient, "PING", NULL), 0, "the late answer is not taken for this one");
    redis_sync_free(impatient);
}

Test(redis_sync, pipelined_replies_come_in_order_and_errors_stay_in_their_place)
{
    static const char *const words[][2] = {{"INCR", "n"}, {"NONSENSE", "n"}, {"INCR", "n"}};
    int errs[3];
    int64_t values[3] = {0};

    for (int i = 0; i < 3; i++) {
        struct redis_args args;
        redis_args_init(&args);
        redis_args_add_text(&args, words[i][0]);
        redis_args_add_text(&args, words[i][1]);
        redis_sync_put(f.redis, &args);
    }
    cr_assert_eq(call(f.redis, "PING", NULL), ERR_INVALID, "not in the middle of a pipeline");
    for (int i = 0; i < 3; i++) {
        CLEANUP(redis_reply_free) struct redisReply *reply = NULL;
        errs[i] = redis_sync_get(f.redis, &reply);
        (void)redis_reply_int(reply, &values[i]);
    }
    cr_assert_eq(errs[0], 0);
    cr_assert_eq(errs[1], ERR_INVALID);
    cr_assert_eq(errs[2], 0);
    cr_assert_eq(values[2], 2);
}

Test(redis_sync, an_overflowing_command_spoils_its_pipeline_and_nothing_after_it)
{
    struct redis_args good, bad;

    redis_args_init(&good);
    redis_args_add_text(&good, "PING");
    redis_args_init(&bad);
    for (int i = 0; i <= REDIS_ARGS_MAX; i++)
        redis_args_add_text(&bad, "x");
    redis_sync_put(f.redis, &good);
    redis_sync_put(f.redis, &bad);
    redis_sync_put(f.redis, &good);
    for (int i = 0; i < 3; i++) {
        struct redisReply *reply = NULL;
        cr_assert_neq(redis_sync_get(f.redis, &reply), 0);
        cr_assert_null(reply);
    }
    CLEANUP(redis_reply_free) struct redisReply *reply = redis_fixture_do(&f, "ECHO hello");
    cr_assert(slice_is(redis_reply_text(reply), "hello"));
}

Test(redis_sync, replies_that_went_with_the_connection_are_all_told)
{
    struct redis_args args;

    redis_args_init(&args);
    redis_args_add_text(&args, "PING");
    redis_fixture_stop(&f);
    for (int i = 0; i < 3; i++)
        redis_sync_put(f.redis, &args);
    for (int i = 0; i < 3; i++) {
        struct redisReply *reply = NULL;
        cr_assert_eq(redis_sync_get(f.redis, &reply), ERR_UNAVAILABLE);
    }
    redis_fixture_start(&f, "--loglevel", "warning");
    cr_assert_eq(call(f.redis, "PING", NULL), 0);
}

static void *interrupt_soon(void *arg)
{
    (void)usleep(50000);
    redis_sync_interrupt(arg);
    return NULL;
}

Test(redis_sync, another_thread_can_end_a_blocking_call_for_good)
{
    CLEANUP(redis_reply_free) struct redisReply *reply = NULL;
    struct redis_sync *blocked = NULL;
    struct redis_args args;
    pthread_t thread;

    cr_assert_eq(redis_sync_new(f.address, 1000, &blocked), 0);
    redis_args_init(&args);
    redis_args_add_text(&args, "BLPOP");
    redis_args_add_text(&args, "nothing");
    redis_args_add_text(&args, "20");
    cr_assert_eq(pthread_create(&thread, NULL, interrupt_soon, blocked), 0);
    const int64_t start_ms = clock_monotonic_ms();
    cr_assert_eq(redis_sync_call(blocked, &args, 20000, &reply), ERR_UNAVAILABLE);
    cr_assert_lt(clock_monotonic_ms() - start_ms, 5000);
    cr_assert_eq(pthread_join(thread, NULL), 0);
    cr_assert_eq(call(blocked, "PING", NULL), ERR_UNAVAILABLE);
    redis_sync_free(blocked);
}

Test(redis_sync, a_password_is_given_and_a_wrong_one_told)
{
    struct redis_sync *right = NULL, *wrong = NULL;
    char address[64];

    const unsigned port = redis_fixture_restart_with_password(&f, "s@cret");
    (void)snprintf(address, sizeof address, "redis://:s%%40cret@127.0.0.1:%u", port);
    cr_assert_eq(redis_sync_new(address, 500, &right), 0);
    cr_assert_eq(call(right, "PING", NULL), 0);
    (void)snprintf(address, sizeof address, "redis://:wrong@127.0.0.1:%u", port);
    cr_assert_eq(redis_sync_new(address, 500, &wrong), 0);
    cr_assert_eq(call(wrong, "PING", NULL), ERR_DENIED);
    cr_assert_eq(call(f.redis, "PING", NULL), ERR_DENIED);
    redis_sync_free(wrong);
    redis_sync_free(right);
}

Test(redis_sync, a_bad_address_or_timeout_is_refused_at_once)
{
    struct redis_sync *redis = NULL;

    cr_assert_eq(redis_sync_new("nonsense", 500, &redis), ERR_INVALID);
    cr_assert_eq(redis_sync_new(f.address, 0, &redis), ERR_INVALID);
    cr_assert_null(redis);
}
