// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/redis/redis_health.h"

#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "storage/redis/redis_reply.h"
#include "storage/redis/redis_sync.h"

void redis_health_probe(struct redis_args *ret_args)
{
    redis_args_init(ret_args);
    redis_args_add_text(ret_args, "SETRANGE");
    redis_args_add_text(ret_args, "wp:probe"); /* never there: no byte is set */
    redis_args_add_text(ret_args, "0");
    redis_args_add_text(ret_args, "");
}

void redis_health_explain(struct slice failure, char problem[REDIS_PROBLEM_SIZE])
{
    static const char *const WRITES[] = {"OOM ",    "READONLY ",   "MISCONF ",     "NOREPLICAS ",
                                         "NOPERM ", "MASTERDOWN ", "CLUSTERDOWN ", "MOVED "};
    static const char *const RIGHTS[] = {"NOAUTH ", "WRONGPASS ", "ERR AUTH",
                                         "ERR invalid password", "ERR Client sent AUTH"};
    const char *what = "does not answer";

    for (size_t i = 0; i < sizeof WRITES / sizeof WRITES[0]; i++)
        if (slice_starts_with(failure, WRITES[i]))
            what = "refuses writes";
    for (size_t i = 0; i < sizeof RIGHTS / sizeof RIGHTS[0]; i++)
        if (slice_starts_with(failure, RIGHTS[i]))
            what = "refuses the user or the password in --redis";
    if (slice_starts_with(failure, "LOADING "))
        what = "is loading its data";
    (void)snprintf(problem, REDIS_PROBLEM_SIZE, "%s%s%.*s", what, failure.length > 0 ? ": " : "",
                   SLICE_ARGS(failure));
    for (char *c = problem; *c; c++) {
        if ((unsigned char)*c < ' ')
            *c = ' ';
    }
}

/* The value behind "\nname:" in what INFO says. */
static struct slice info_value(struct slice info, const char *name)
{
    while (info.data) {
        struct slice line = slice_split(&info, '\n');
        if (line.length > 0 && line.data[line.length - 1] == '\r')
            line.length--;
        if (slice_starts_with(line, name))
            return slice_skip(line, strlen(name));
    }
    return slice_of(NULL, 0);
}

static int64_t info_number(struct slice info, const char *name)
{
    uint64_t value = 0;

    return slice_to_u64(info_value(info, name), &value) || value > INT64_MAX ? -1 : (int64_t)value;
}

static void put_words(struct redis_sync *redis, const char *command, const char *argument)
{
    struct redis_args args;

    redis_args_init(&args);
    redis_args_add_text(&args, command);
    redis_args_add_text(&args, argument);
    redis_sync_put(redis, &args);
}

static void get_probe(struct redis_sync *redis, struct redis_health *health)
{
    CLEANUP(redis_reply_free) struct redisReply *reply = NULL;

    if (redis_sync_get(redis, &reply))
        redis_health_explain(slice_from(redis_sync_failure(redis)), health->problem);
}

static void get_info(struct redis_sync *redis, struct redis_health *health)
{
    CLEANUP(redis_reply_free) struct redisReply *reply = NULL;

    if (redis_sync_get(redis, &reply))
        return;
    const struct slice info = redis_reply_text(reply);
    health->used_bytes = info_number(info, "used_memory:");
    health->max_bytes = info_number(info, "maxmemory:");
    (void)slice_to_cstr(info_value(info, "maxmemory_policy:"), health->policy,
                        sizeof health->policy);
}

static void get_count(struct redis_sync *redis, int64_t *sum)
{
    CLEANUP(redis_reply_free) struct redisReply *reply = NULL;
    int64_t n = 0;

    if (redis_sync_get(redis, &reply) || redis_reply_int(reply, &n))
        *sum = -1;
    else if (*sum >= 0)
        *sum += n;
}

void redis_health_read(struct redis_sync *redis, struct redis_health *ret_health)
{
    struct redis_args probe;

    *ret_health = (struct redis_health){.used_bytes = -1, .max_bytes = -1};
    redis_health_probe(&probe);
    redis_sync_put(redis, &probe);
    put_words(redis, "INFO", "memory");
    put_words(redis, "SCARD", "wp:dirty");
    put_words(redis, "SCARD", "wp:draining");
    get_probe(redis, ret_health);
    get_info(redis, ret_health);
    get_count(redis, &ret_health->n_dirty);
    get_count(redis, &ret_health->n_dirty);
}

bool redis_health_evicts(const struct redis_health *health)
{
    return health->policy[0] && strcmp(health->policy, "noeviction") != 0;
}
