// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/redis/redis_link.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hiredis/async.h>
#include <hiredis/hiredis.h>

#include "common/clock.h"
#include "common/err.h"
#include "storage/redis/redis_address.h"

enum { FIRST_PAUSE_MS = 50, LONGEST_PAUSE_MS = 5000 };

enum link_state {
    LINK_WAITING,    /* the timer is armed: connect when it fires */
    LINK_CONNECTING, /* the timer is armed: give up when it fires */
    LINK_READY,      /* the timer is armed while commands are under way: see on_timer */
};

/* A command under way. Redis answers in order, so the oldest is the first to be answered. */
struct call {
    struct redis_link *link;
    redis_link_reply_fn *on_reply; /* may be NULL */
    void *arg;
    int64_t deadline_ms;
    struct call *next; /* the one that was sent after it */
};

struct redis_link {
    struct redis_address address;
    struct redis_loop loop;
    void *timer;                /* owned */
    bool is_timer_armed;        /* in LINK_READY */
    redisAsyncContext *context; /* hiredis frees it; NULL in LINK_WAITING */
    enum link_state state;
    uint32_t pause_ms; /* before the next attempt */
    int loss;          /* what commands get when their connection goes */
    size_t n_calls;
    struct call *oldest, *newest; /* owned */
    char failure[128];
};

static void note_failure(struct redis_link *link, const char *text)
{
    (void)snprintf(link->failure, sizeof link->failure, "%s", text);
}

static void enter_waiting(struct redis_link *link)
{
    link->state = LINK_WAITING;
    link->context = NULL;
    link->loop.timer_arm(link->timer, link->pause_ms);
    link->pause_ms = link->pause_ms * 2 < LONGEST_PAUSE_MS ? link->pause_ms * 2 : LONGEST_PAUSE_MS;
}

/* Ends the connection from our side: commands under way get `err` before this returns. */
static void drop(struct redis_link *link, int err)
{
    redisAsyncContext *context = link->context;

    link->context = NULL; /* tells on_disconnect that we did it */
    link->state = LINK_WAITING;
    link->loss = err;
    redisAsyncFree(context);
    link->loss = ERR_UNAVAILABLE;
}

/* Called by hiredis for each reply, and with NULL for what is lost with the connection. */
static void on_hiredis_reply(redisAsyncContext *context, void *reply, void *privdata)
{
    struct call *call = privdata;
    struct redis_link *link = call->link;

    (void)context;
    link->oldest = call->next;
    if (!link->oldest)
        link->newest = NULL;
    link->n_calls--;
    if (!reply)
        link->state = LINK_WAITING; /* nothing more can be sent, on_disconnect follows */
    if (call->on_reply)
        call->on_reply(reply ? 0 : link->loss, reply, call->arg);
    free(call);
}

static void on_disconnect(const redisAsyncContext *context, int status)
{
    struct redis_link *link = context->data;

    (void)status;
    if (link->context != context)
        return; /* drop() knows */
    note_failure(link, context->errstr ? context->errstr : "the connection was closed");
    enter_waiting(link);
}

/* Appends a command to what goes out in this turn of the loop. */
static int send_call(struct redis_link *link, const struct redis_args *args,
                     redis_link_reply_fn *on_reply, void *arg)
{
    struct call *call = malloc(sizeof *call);

    if (!call)
        return ERR_NO_MEMORY;
    *call = (struct call){.link = link,
                          .on_reply = on_reply,
                          .arg = arg,
                          .deadline_ms = clock_monotonic_ms() + REDIS_COMMAND_TIMEOUT_MS};
    /* hiredis 0.14 lacks the const that it honours. */
    if (redisAsyncCommandArgv(link->context, on_hiredis_reply, call, args->n,
                              (const char **)(uintptr_t)args->argv, args->lengths) != REDIS_OK) {
        free(call);
        return ERR_UNAVAILABLE;
    }
    if (link->newest)
        link->newest->next = call;
    else
        link->oldest = call;
    link->newest = call;
    link->n_calls++;
    return 0;
}

static void on_greeted(int err, const struct redisReply *reply, void *arg)
{
    struct redis_link *link = arg;

    if (err)
        return; /* the connection is gone: on_disconnect or on_timer goes on */
    if (redis_reply_error(reply)) {
        const struct slice text = redis_reply_text(reply);
        (void)snprintf(link->failure, sizeof link->failure, "%.*s", SLICE_ARGS(text));
        drop(link, ERR_UNAVAILABLE); /* hiredis frees it when this callback has returned */
        enter_waiting(link);
        return;
    }
    link->state = LINK_READY;
    link->pause_ms = FIRST_PAUSE_MS;
    link->loop.timer_arm(link->timer, REDIS_COMMAND_TIMEOUT_MS);
    link->is_timer_armed = true;
}

/* A Redis that is loading its data, or wants a password, shows it here. */
static void greet(struct redis_link *link)
{
    struct redis_args args;

    redis_args_init(&args);
    if (link->address.password[0]) {
        redis_args_add_text(&args, "AUTH");
        if (link->address.user[0])
            redis_args_add_text(&args, link->address.user);
        redis_args_add_text(&args, link->address.password);
    } else {
        redis_args_add_text(&args, "PING");
    }
    (void)send_call(link, &args, on_greeted, link); /* else on_timer tries again */
}

static void on_connect(const redisAsyncContext *context, int status)
{
    struct redis_link *link = context->data;

    if (status == REDIS_OK) {
        greet(link);
        return;
    }
    note_failure(link, context->errstr);
    enter_waiting(link); /* hiredis frees the context after this */
}

/* Sockets of ours do not reach the programs that we start. */
static void close_on_exec(int fd)
{
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static int attach(struct redis_link *link, redisAsyncContext *context)
{
    context->data = link;
    close_on_exec(context->c.fd);
    if (link->loop.attach(link->loop.loop, context) != 0)
        return ERR_NO_MEMORY;
    if (redisAsyncSetConnectCallback(context, on_connect) != REDIS_OK ||
        redisAsyncSetDisconnectCallback(context, on_disconnect) != REDIS_OK)
        return ERR_NO_MEMORY;
    return 0;
}

static void start_connecting(struct redis_link *link)
{
    const struct redis_address *address = &link->address;
    redisAsyncContext *context = address->path[0] ? redisAsyncConnectUnix(address->path)
                                                  : redisAsyncConnect(address->host, address->port);

    if (!context || context->err || attach(link, context)) {
        note_failure(link, context && context->err ? context->errstr : "out of memory");
        if (context)
            redisAsyncFree(context);
        enter_waiting(link);
        return;
    }
    link->context = context;
    link->state = LINK_CONNECTING;
    link->loop.timer_arm(link->timer, REDIS_COMMAND_TIMEOUT_MS);
}

/* One timer watches over all commands: it is armed for the oldest, and looks again when it fires.
 * Most commands are long answered by then, and none of them touched the timer. */
static void check_deadlines(struct redis_link *link)
{
    link->is_timer_armed = false;
    if (!link->oldest)
        return;
    const int64_t left_ms = link->oldest->deadline_ms - clock_monotonic_ms();
    if (left_ms <= 0) {
        note_failure(link, "no answer in time");
        drop(link, ERR_TIMEOUT);
        enter_waiting(link);
        return;
    }
    link->loop.timer_arm(link->timer, (uint32_t)left_ms);
    link->is_timer_armed = true;
}

static void on_timer(void *arg)
{
    struct redis_link *link = arg;

    switch (link->state) {
    case LINK_WAITING:
        start_connecting(link);
        break;
    case LINK_CONNECTING:
        note_failure(link, "no answer in time");
        drop(link, ERR_TIMEOUT);
        enter_waiting(link);
        break;
    case LINK_READY:
        check_deadlines(link);
        break;
    }
}

int redis_link_new(const char *address, const struct redis_loop *loop, struct redis_link **ret_link)
{
    struct redis_address parsed;

    if (redis_address_parse(slice_from(address), &parsed))
        return ERR_INVALID;
    struct redis_link *link = calloc(1, sizeof *link);
    if (!link)
        return ERR_NO_MEMORY;
    link->address = parsed;
    link->loop = *loop;
    link->loss = ERR_UNAVAILABLE;
    link->pause_ms = FIRST_PAUSE_MS;
    link->timer = loop->timer_new(loop->loop, on_timer, link);
    if (!link->timer) {
        free(link);
        return ERR_NO_MEMORY;
    }
    link->loop.timer_arm(link->timer, 0);
    *ret_link = link;
    return 0;
}

void redis_link_free(struct redis_link *link)
{
    if (!link)
        return;
    if (link->context)
        drop(link, ERR_CANCELLED);
    link->loop.timer_free(link->timer);
    explicit_bzero(&link->address, sizeof link->address);
    free(link);
}

/* allow(dead_code): tests wait for it */
bool redis_link_is_ready(const struct redis_link *link)
{
    return link->state == LINK_READY;
}

int redis_link_send(struct redis_link *link, const struct redis_args *args,
                    redis_link_reply_fn *on_reply, void *arg)
{
    if (args->err)
        return args->err;
    if (link->state != LINK_READY)
        return ERR_UNAVAILABLE;
    if (link->n_calls >= REDIS_MAX_IN_FLIGHT)
        return ERR_TOO_LARGE;
    const int err = send_call(link, args, on_reply, arg);
    if (!err && !link->is_timer_armed) {
        link->loop.timer_arm(link->timer, REDIS_COMMAND_TIMEOUT_MS);
        link->is_timer_armed = true;
    }
    return err;
}

const char *redis_link_failure(const struct redis_link *link)
{
    return link->failure;
}
