// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/redis/redis_sync.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <hiredis/hiredis.h>

#include "common/err.h"
#include "storage/redis/redis_address.h"

struct redis_sync {
    struct redis_address address;
    int64_t timeout_ms;
    int64_t set_timeout_ms; /* what the socket has now */
    redisContext *context;  /* owned; NULL when not connected */
    size_t n_put;           /* commands whose replies were not got yet */
    int put_err;            /* why the replies of this pipeline are lost; 0 */
    char failure[128];

    pthread_mutex_t lock; /* of what follows, for redis_sync_interrupt */
    int fd;               /* of the context; -1 */
    bool is_interrupted;
};

int redis_sync_new(const char *address, int64_t timeout_ms, struct redis_sync **ret_redis)
{
    struct redis_address parsed;

    if (timeout_ms < 1 || redis_address_parse(slice_from(address), &parsed))
        return ERR_INVALID;
    struct redis_sync *redis = calloc(1, sizeof *redis);
    if (!redis)
        return ERR_NO_MEMORY;
    redis->address = parsed;
    redis->timeout_ms = timeout_ms;
    redis->fd = -1;
    (void)pthread_mutex_init(&redis->lock, NULL);
    *ret_redis = redis;
    return 0;
}

/* Makes the descriptor known to redis_sync_interrupt, or unknown (-1).
 * ERR_UNAVAILABLE when it was called already. */
static int publish_fd(struct redis_sync *redis, int fd)
{
    (void)pthread_mutex_lock(&redis->lock);
    redis->fd = fd;
    const bool is_interrupted = redis->is_interrupted;
    (void)pthread_mutex_unlock(&redis->lock);
    return is_interrupted ? ERR_UNAVAILABLE : 0;
}

static void disconnect(struct redis_sync *redis)
{
    if (!redis->context)
        return;
    (void)publish_fd(redis, -1);
    redisFree(redis->context);
    redis->context = NULL;
}

void redis_sync_free(struct redis_sync *redis)
{
    if (!redis)
        return;
    disconnect(redis);
    (void)pthread_mutex_destroy(&redis->lock);
    explicit_bzero(&redis->address, sizeof redis->address);
    free(redis);
}

void redis_sync_interrupt(struct redis_sync *redis)
{
    (void)pthread_mutex_lock(&redis->lock);
    redis->is_interrupted = true;
    if (redis->fd >= 0)
        (void)shutdown(redis->fd, SHUT_RDWR);
    (void)pthread_mutex_unlock(&redis->lock);
}

const char *redis_sync_failure(const struct redis_sync *redis)
{
    return redis->failure;
}

static struct timeval timeval_from_ms(int64_t ms)
{
    return (struct timeval){.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
}

/* After hiredis failed: remembers why and lets the connection go. */
static int fail(struct redis_sync *redis)
{
    const redisContext *context = redis->context;
    int err = ERR_UNAVAILABLE;

    if (!context) {
        err = ERR_NO_MEMORY;
    } else {
        (void)snprintf(redis->failure, sizeof redis->failure, "%s", context->errstr);
        if (context->err == REDIS_ERR_IO && (errno == EAGAIN || errno == ETIMEDOUT))
            err = ERR_TIMEOUT;
    }
    disconnect(redis);
    return err;
}

static int set_timeout(struct redis_sync *redis, int64_t timeout_ms)
{
    if (redis->set_timeout_ms == timeout_ms)
        return 0;
    if (redisSetTimeout(redis->context, timeval_from_ms(timeout_ms)) != REDIS_OK)
        return fail(redis);
    redis->set_timeout_ms = timeout_ms;
    return 0;
}

/* Takes the next reply from the connection. */
static int receive(struct redis_sync *redis, struct redisReply **ret_reply)
{
    void *reply = NULL;

    errno = 0;
    if (redisGetReply(redis->context, &reply) != REDIS_OK)
        return fail(redis);
    const int err = redis_reply_error(reply);
    if (err) {
        const struct slice text = redis_reply_text(reply);
        (void)snprintf(redis->failure, sizeof redis->failure, "%.*s", SLICE_ARGS(text));
        redis_reply_free(reply);
        return err;
    }
    *ret_reply = reply;
    return 0;
}

static int append(struct redis_sync *redis, const struct redis_args *args)
{
    if (args->err)
        return args->err;
    /* hiredis 0.14 lacks the const that it honours. */
    if (redisAppendCommandArgv(redis->context, args->n, (const char **)(uintptr_t)args->argv,
                               args->lengths) != REDIS_OK)
        return fail(redis);
    return 0;
}

static int sign_in(struct redis_sync *redis)
{
    struct redisReply *reply = NULL;
    struct redis_args args;

    if (!redis->address.password[0])
        return 0;
    redis_args_init(&args);
    redis_args_add_text(&args, "AUTH");
    if (redis->address.user[0])
        redis_args_add_text(&args, redis->address.user);
    redis_args_add_text(&args, redis->address.password);
    int err = append(redis, &args);
    if (!err)
        err = receive(redis, &reply);
    redis_reply_free(reply);
    if (err)
        disconnect(redis);
    return err;
}

static int connect_now(struct redis_sync *redis)
{
    const struct redis_address *address = &redis->address;
    const struct timeval timeout = timeval_from_ms(redis->timeout_ms);

    errno = 0;
    redis->context = address->path[0]
                         ? redisConnectUnixWithTimeout(address->path, timeout)
                         : redisConnectWithTimeout(address->host, address->port, timeout);
    if (!redis->context || redis->context->err)
        return fail(redis);
    (void)fcntl(redis->context->fd, F_SETFD, FD_CLOEXEC);
    redis->set_timeout_ms = 0;
    int err = publish_fd(redis, redis->context->fd);
    if (err)
        disconnect(redis);
    else
        err = set_timeout(redis, redis->timeout_ms);
    return err ? err : sign_in(redis);
}

static int connect_if_needed(struct redis_sync *redis)
{
    return redis->context ? 0 : connect_now(redis);
}

int redis_sync_call(struct redis_sync *redis, const struct redis_args *args, int64_t extra_ms,
                    struct redisReply **ret_reply)
{
    if (redis->n_put > 0)
        return ERR_INVALID;
    int err = connect_if_needed(redis);
    if (!err)
        err = set_timeout(redis, redis->timeout_ms + extra_ms);
    if (!err)
        err = append(redis, args);
    return err ? err : receive(redis, ret_reply);
}

void redis_sync_put(struct redis_sync *redis, const struct redis_args *args)
{
    redis->n_put++;
    if (!redis->put_err)
        redis->put_err = connect_if_needed(redis);
    if (!redis->put_err)
        redis->put_err = set_timeout(redis, redis->timeout_ms);
    if (!redis->put_err)
        redis->put_err = append(redis, args);
    if (redis->put_err)
        disconnect(redis); /* with what was put before: no reply may be taken for another's */
}

int redis_sync_get(struct redis_sync *redis, struct redisReply **ret_reply)
{
    int err = redis->put_err;

    if (redis->n_put == 0)
        return ERR_INVALID;
    if (!err)
        err = receive(redis, ret_reply);
    if (err && !redis->context)
        redis->put_err = ERR_UNAVAILABLE; /* the other replies went with the connection */
    redis->n_put--;
    if (redis->n_put == 0)
        redis->put_err = 0;
    return err;
}
