// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/redis/redis_health.h"

#include <criterion/criterion.h>
#include <string.h>

#include "tests/unit/storage/redis_fixture.h"

static struct redis_fixture f;

static void open_fixture(void)
{
    redis_fixture_open(&f);
}

static void close_fixture(void)
{
    redis_fixture_close(&f);
}

TestSuite(redis_health, .init = open_fixture, .fini = close_fixture);

static void tell(const char *a, const char *b, const char *c, const char *d)
{
    CLEANUP(redis_reply_free) struct redisReply *reply = NULL;
    struct redis_args args;

    redis_args_init(&args);
    redis_args_add_text(&args, a);
    redis_args_add_text(&args, b);
    redis_args_add_text(&args, c);
    if (d)
        redis_args_add_text(&args, d);
    cr_assert_eq(redis_sync_call(f.redis, &args, 0, &reply), 0);
}

Test(redis_health, a_redis_that_answered_ping_and_refused_writes_was_called_ok)
{
    struct redis_health health;

    redis_health_read(f.redis, &health);
    cr_assert_str_eq(health.problem, "");
    cr_assert_gt(health.used_bytes, 0);
    cr_assert_eq(health.max_bytes, 0);
    cr_assert_eq(health.n_dirty, 0);
    cr_assert_not(redis_health_evicts(&health));

    tell("CONFIG", "SET", "maxmemory", "1");
    redis_health_read(f.redis, &health);
    cr_assert(strstr(health.problem, "refuses writes: OOM"), "%s", health.problem);
    cr_assert_eq(health.max_bytes, 1);
    tell("CONFIG", "SET", "maxmemory", "0");

    tell("REPLICAOF", "127.0.0.1", "1", NULL);
    redis_health_read(f.redis, &health);
    cr_assert(strstr(health.problem, "refuses writes: READONLY"), "%s", health.problem);
    tell("REPLICAOF", "NO", "ONE", NULL);

    tell("CONFIG", "SET", "maxmemory-policy", "volatile-lru");
    redis_health_read(f.redis, &health);
    cr_assert_str_eq(health.problem, "");
    cr_assert(redis_health_evicts(&health));
}

Test(redis_health, a_redis_that_is_gone_does_not_answer)
{
    struct redis_health health;

    redis_fixture_stop(&f);
    redis_health_read(f.redis, &health);
    cr_assert_eq(strncmp(health.problem, "does not answer", 15), 0, "%s", health.problem);
    cr_assert_eq(health.used_bytes, -1);
    cr_assert_eq(health.n_dirty, -1);
}

Test(redis_health, a_wrong_password_is_told_without_it)
{
    char problem[REDIS_PROBLEM_SIZE];

    redis_health_explain(slice_from("WRONGPASS invalid username-password pair"), problem);
    cr_assert_str_eq(problem, "refuses the user or the password in --redis: "
                              "WRONGPASS invalid username-password pair");
    redis_health_explain(slice_from("LOADING Redis is\nloading"), problem);
    cr_assert_str_eq(problem, "is loading its data: LOADING Redis is loading");
}
