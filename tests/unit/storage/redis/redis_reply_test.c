// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/redis/redis_reply.h"

#include <criterion/criterion.h>

#include <hiredis/hiredis.h>

#include "common/err.h"

static struct redisReply of_type(int type, const char *text)
{
    static char copy[128];

    cr_assert_eq(slice_to_cstr(slice_from(text), copy, sizeof copy), 0);
    return (struct redisReply){.type = type, .str = copy, .len = strlen(text)};
}

Test(redis_reply, nothing_is_a_nil_without_error)
{
    int64_t value = 3;

    cr_assert(redis_reply_is_nil(NULL));
    cr_assert_eq(redis_reply_error(NULL), 0);
    cr_assert_eq(redis_reply_int(NULL, &value), ERR_INVALID);
    cr_assert_eq(redis_reply_text(NULL).length, 0);
    cr_assert_eq(redis_reply_length(NULL), 0);
    cr_assert_null(redis_reply_at(NULL, 0));
    cr_assert_eq(value, 3);
    redis_reply_free(NULL);
}

Test(redis_reply, errors_become_kinds_that_a_caller_can_act_on)
{
    static const struct {
        const char *text;
        int err;
    } cases[] = {
        {"LOADING Redis is loading the dataset in memory", ERR_UNAVAILABLE},
        {"OOM command not allowed when used memory > 'maxmemory'.", ERR_UNAVAILABLE},
        {"MISCONF Redis is configured to save RDB snapshots", ERR_UNAVAILABLE},
        {"NOSCRIPT No matching script.", ERR_NOT_FOUND},
        {"NOGROUP No such key 'tasks'", ERR_NOT_FOUND},
        {"ERR no such key", ERR_NOT_FOUND},
        {"BUSYGROUP Consumer Group name already exists", ERR_EXISTS},
        {"NOAUTH Authentication required.", ERR_DENIED},
        {"WRONGTYPE Operation against a key", ERR_CORRUPT},
        {"ERR syntax error", ERR_INVALID},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct redisReply reply = of_type(REDIS_REPLY_ERROR, cases[i].text);
        cr_assert_eq(redis_reply_error(&reply), cases[i].err, "%s", cases[i].text);
    }
    const struct redisReply text = of_type(REDIS_REPLY_STRING, "OOM is only a text here");
    cr_assert_eq(redis_reply_error(&text), 0);
}

Test(redis_reply, integers_come_as_such_or_as_text)
{
    const struct redisReply number = {.type = REDIS_REPLY_INTEGER, .integer = -5};
    const struct redisReply positive = of_type(REDIS_REPLY_STRING, "1700000000000");
    int64_t value = 0;

    cr_assert_eq(redis_reply_int(&number, &value), 0);
    cr_assert_eq(value, -5);
    cr_assert_eq(redis_reply_int(&positive, &value), 0);
    cr_assert_eq(value, 1700000000000);
    const struct redisReply negative = of_type(REDIS_REPLY_STRING, "-12");
    cr_assert_eq(redis_reply_int(&negative, &value), 0);
    cr_assert_eq(value, -12);
    const struct redisReply no_number = of_type(REDIS_REPLY_STRING, "12 monkeys");
    cr_assert_eq(redis_reply_int(&no_number, &value), ERR_INVALID);
    const struct redisReply status = of_type(REDIS_REPLY_STATUS, "12");
    cr_assert_eq(redis_reply_int(&status, &value), ERR_INVALID);
}
