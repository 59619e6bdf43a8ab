// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/stream_loop.h"

#include <event2/event.h>
#include <hiredis/adapters/libevent.h>
#include <hiredis/async.h>
#include <stdlib.h>

#include "common/err.h"
#include "server/auth/live_packages.h"
#include "server/auth/verified_tokens.h"
#include "server/features/playback/package_cache.h"
#include "server/features/progress/turns.h"
#include "server/http/exchange/answer_cache.h"
#include "server/http/exchange/file.h"
#include "server/http/loop/loop.h"
#include "storage/redis/redis_link.h"
#include "storage/sqlite/db.h"

enum {
    MAX_PACKAGES = 256, /* parsed indexes: some tens of kilobytes each */
    MAX_FILES = 1024,   /* open media files per loop */
    MAX_ANSWERS = 8192, /* ready answers per loop, and what they may hold */
    MAX_ANSWERS_BYTES = 64 << 20,
};

/* ---- how a Redis link lives in a libevent loop ---- */

static int attach(void *loop, struct redisAsyncContext *context)
{
    return redisLibeventAttach(context, loop) == REDIS_OK ? 0 : ERR_NO_MEMORY;
}

struct link_timer {
    struct event *event; /* owned */
    void (*fn)(void *arg);
    void *arg;
};

static void on_link_timer(evutil_socket_t fd, short what, void *arg)
{
    const struct link_timer *timer = arg;

    (void)fd;
    (void)what;
    timer->fn(timer->arg);
}

static void *link_timer_new(void *loop, void (*fn)(void *arg), void *arg)
{
    struct link_timer *timer = calloc(1, sizeof *timer);

    if (!timer)
        return NULL;
    timer->fn = fn;
    timer->arg = arg;
    timer->event = evtimer_new(loop, on_link_timer, timer);
    if (!timer->event) {
        free(timer);
        return NULL;
    }
    return timer;
}

static void link_timer_arm(void *timer, uint32_t delay_ms)
{
    const struct link_timer *t = timer;
    const struct timeval delay = {.tv_sec = delay_ms / 1000,
                                  .tv_usec = (suseconds_t)(delay_ms % 1000) * 1000};

    (void)evtimer_add(t->event, &delay);
}

static void link_timer_free(void *timer)
{
    struct link_timer *t = timer;

    if (!t)
        return;
    event_free(t->event);
    free(t);
}

/* ---- the loop's own ---- */

static void services_free(struct services *services)
{
    if (!services)
        return;
    redis_link_free(services->redis); /* which answers the reports that were at it */
    turns_free(services->reports);
    live_packages_free(services->live);
    verified_tokens_free(services->tokens);
    http_answer_cache_free(services->answers);
    package_cache_free(services->packages);
    http_file_cache_free(services->files);
    db_free(services->reader);
    free(services);
}

int stream_loop_start(struct http_loop *loop, void *arg, void **ret_context)
{
    const struct stream_config *config = arg;
    struct services *services = calloc(1, sizeof *services);
    const struct redis_loop redis_loop = {.loop = http_loop_base(loop),
                                          .attach = attach,
                                          .timer_new = link_timer_new,
                                          .timer_arm = link_timer_arm,
                                          .timer_free = link_timer_free};

    if (!services)
        return ERR_NO_MEMORY;
    *services = config->shared;
    int err = db_open_reader(config->database_path, &services->reader);
    if (!err)
        err = http_file_cache_new(MAX_FILES, &services->files);
    if (!err)
        err = package_cache_new(services->media, MAX_PACKAGES, &services->packages);
    if (!err)
        err = http_answer_cache_new(MAX_ANSWERS, MAX_ANSWERS_BYTES, &services->answers);
    if (!err)
        err = verified_tokens_new(services->playback_key, &services->tokens);
    if (!err)
        err = live_packages_new(services->taken_back, &services->live);
    if (!err)
        err = turns_new(loop, &services->reports);
    if (!err)
        err = redis_link_new(config->redis_address, &redis_loop, &services->redis);
    if (err) {
        services_free(services);
        return err;
    }
    *ret_context = services;
    return 0;
}

void stream_loop_stop(struct http_loop *loop, void *context)
{
    (void)loop;
    services_free(context);
}
