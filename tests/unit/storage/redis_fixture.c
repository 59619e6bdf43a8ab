// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/storage/redis_fixture.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <criterion/criterion.h>
#include <event2/event.h>

#include <hiredis/adapters/libevent.h>

#include "common/clock.h"
#include "common/file.h"

enum { PATIENCE_MS = 10000 };

static void exec_server(const struct redis_fixture *f, const char *option, const char *value)
{
    const int null = open("/dev/null", O_RDWR);

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)dup2(null, STDOUT_FILENO);
    (void)execlp("redis-server", "redis-server", "--port", "0", "--unixsocket", f->address, "--dir",
                 f->directory, "--save", "", "--appendonly", "no", option, value, (char *)NULL);
    _exit(127);
}

static bool answers(struct redis_fixture *f)
{
    CLEANUP(redis_reply_free) struct redisReply *reply = NULL;
    struct redis_args args;

    redis_args_init(&args);
    redis_args_add_text(&args, "PING");
    return redis_sync_call(f->redis, &args, 0, &reply) == 0;
}

void redis_fixture_start(struct redis_fixture *f, const char *option, const char *value)
{
    const int64_t deadline_ms = clock_monotonic_ms() + PATIENCE_MS;

    f->pid = fork();
    if (f->pid == 0)
        exec_server(f, option, value);
    cr_assert_gt(f->pid, 0);
    while (!answers(f)) {
        cr_assert_lt(clock_monotonic_ms(), deadline_ms, "redis-server does not start");
        (void)usleep(5000);
    }
}

void redis_fixture_open(struct redis_fixture *f)
{
    *f = (struct redis_fixture){.pid = 0};
    (void)signal(SIGPIPE, SIG_IGN);
    (void)snprintf(f->directory, sizeof f->directory, "/tmp/banmai-redis-XXXXXX");
    cr_assert_not_null(mkdtemp(f->directory));
    (void)snprintf(f->address, sizeof f->address, "%s/redis.sock", f->directory);
    cr_assert_eq(redis_sync_new(f->address, 5000, &f->redis), 0);
    redis_fixture_start(f, "--loglevel", "warning");
}

void redis_fixture_stop(struct redis_fixture *f)
{
    if (f->pid == 0)
        return;
    cr_assert_eq(kill(f->pid, SIGKILL), 0);
    cr_assert_eq(waitpid(f->pid, NULL, 0), f->pid);
    f->pid = 0;
    (void)unlink(f->address);
}

/* A port that was free a moment ago. */
static unsigned find_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    CLEANUP(close_fd) const int fd = socket(AF_INET, SOCK_STREAM, 0);

    cr_assert_eq(bind(fd, (struct sockaddr *)&address, length), 0);
    cr_assert_eq(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    return ntohs(address.sin_port);
}

unsigned redis_fixture_restart_with_password(struct redis_fixture *f, const char *password)
{
    char port_text[8], command[64];
    const unsigned port = find_port();

    (void)snprintf(port_text, sizeof port_text, "%u", port);
    (void)snprintf(command, sizeof command, "CONFIG SET requirepass %s", password);
    redis_fixture_stop(f);
    redis_fixture_start(f, "--port", port_text);
    redis_reply_free(redis_fixture_do(f, command));
    redis_sync_free(f->redis);
    cr_assert_eq(redis_sync_new(f->address, 5000, &f->redis), 0);
    return port;
}

void redis_fixture_close(struct redis_fixture *f)
{
    redis_sync_free(f->redis);
    redis_fixture_stop(f);
    cr_expect_eq(file_remove_tree(AT_FDCWD, f->directory), 0);
}

struct redisReply *redis_fixture_do(struct redis_fixture *f, const char *words)
{
    struct slice rest = slice_from(words);
    struct redisReply *reply = NULL;
    struct redis_args args;

    redis_args_init(&args);
    while (rest.data)
        redis_args_add(&args, slice_split(&rest, ' '));
    cr_assert_eq(redis_sync_call(f->redis, &args, 0, &reply), 0, "%s: %s", words,
                 redis_sync_failure(f->redis));
    return reply;
}

int64_t redis_fixture_int(struct redis_fixture *f, const char *words)
{
    CLEANUP(redis_reply_free) struct redisReply *reply = redis_fixture_do(f, words);
    int64_t value = 0;

    cr_assert_eq(redis_reply_int(reply, &value), 0, "%s", words);
    return value;
}

/* ---- libevent, as roles do it ---- */

static int attach(void *loop, struct redisAsyncContext *context)
{
    return redisLibeventAttach(context, loop) == REDIS_OK ? 0 : -1;
}

struct timer {
    struct event *event;
    void (*fn)(void *arg);
    void *arg;
};

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct timer *timer = arg;

    (void)fd, (void)what;
    timer->fn(timer->arg);
}

static void *timer_new(void *loop, void (*fn)(void *arg), void *arg)
{
    struct timer *timer = malloc(sizeof *timer);

    cr_assert_not_null(timer);
    *timer = (struct timer){.fn = fn, .arg = arg};
    timer->event = evtimer_new(loop, on_timer, timer);
    return timer;
}

static void timer_arm(void *timer, uint32_t delay_ms)
{
    const struct timeval delay = {.tv_sec = delay_ms / 1000, .tv_usec = delay_ms % 1000 * 1000};
    const struct timer *t = timer;

    (void)evtimer_add(t->event, &delay);
}

static void timer_free(void *timer)
{
    struct timer *t = timer;

    event_free(t->event);
    free(t);
}

struct redis_loop redis_fixture_loop(struct event_base *base)
{
    return (struct redis_loop){
        .loop = base,
        .attach = attach,
        .timer_new = timer_new,
        .timer_arm = timer_arm,
        .timer_free = timer_free,
    };
}

void redis_fixture_run(struct event_base *base, const bool *is_done)
{
    const struct timeval tick = {.tv_usec = 5000};
    const int64_t deadline_ms = clock_monotonic_ms() + PATIENCE_MS;

    while (!*is_done) {
        cr_assert_lt(clock_monotonic_ms(), deadline_ms, "nothing came");
        (void)event_base_loopexit(base, &tick);
        (void)event_base_loop(base, EVLOOP_ONCE);
    }
}

void redis_fixture_run_ready(struct event_base *base, const struct redis_link *link)
{
    const struct timeval tick = {.tv_usec = 5000};
    const int64_t deadline_ms = clock_monotonic_ms() + PATIENCE_MS;

    while (!redis_link_is_ready(link)) {
        cr_assert_lt(clock_monotonic_ms(), deadline_ms, "not ready: %s", redis_link_failure(link));
        (void)event_base_loopexit(base, &tick);
        (void)event_base_loop(base, EVLOOP_ONCE);
    }
}
