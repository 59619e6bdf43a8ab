// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/children.h"

#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/log.h"
#include "server/roles/child.h"
#include "server/roles/private_redis.h"
#include "server/roles/redis_rescue.h"
#include "server/roles/tell_alarm.h"
#include "server/roles/worker_argv.h"

enum {
    FIRST_PAUSE_MS = 200,
    LONGEST_PAUSE_MS = 10000,
    GOOD_RUN_MS = 60000,
    WORKER_STOP_WAIT_MS = 5000,
};

struct kept_child {
    const char *name;
    int (*start)(struct children *children, pid_t *ret_pid);
    pid_t pid; /* 0 while it does not run */
    bool is_wanted;
    int64_t started_ms; /* monotonic */
    unsigned pause_ms;
    struct event *timer; /* owned; to the next start */
};

struct children {
    struct children_config config;
    struct kept_child redis;
    struct kept_child worker;
    struct event *on_child; /* owned: SIGCHLD */
};

/* Files set aside stay an alarm until somebody has looked at them and taken them away. */
static void tell_set_aside(struct children *c)
{
    CLEANUP(buf_clear) struct buf text = buf_with_limit(16384);

    redis_rescue_tell(c->config.dir, &text);
    buf_append(&text, "", 1);
    tell_alarm(c->config.alarms, ALARM_REDIS_SET_ASIDE, text.data);
}

static int start_redis_telling(struct children *c, pid_t *ret_pid, struct buf *message)
{
    const int err = private_redis_start(c->config.dir, c->config.redis_max_bytes, ret_pid, message);

    tell_set_aside(c);
    if (err)
        log_error("cannot start redis-server", log_slice("cause", buf_slice(message)));
    return err;
}

static int start_redis(struct children *c, pid_t *ret_pid)
{
    CLEANUP(buf_clear) struct buf message = buf_with_limit(1024);

    return start_redis_telling(c, ret_pid, &message);
}

static int start_worker(struct children *c, pid_t *ret_pid)
{
    const struct child_spec spec = {.argv = c->config.worker->argv,
                                    .variable = c->config.worker->redis,
                                    .stdin_fd = -1,
                                    .stdout_fd = -1,
                                    .kept_fd = -1,
                                    .death_signal = SIGKILL};

    return child_start(&spec, ret_pid);
}

static void publish_health(struct children *c)
{
    atomic_store(&c->config.health->is_worker_expected, c->worker.is_wanted);
    atomic_store(&c->config.health->is_worker_running, c->worker.pid > 0);
}

static void start_later(struct kept_child *child)
{
    const struct timeval pause = {.tv_sec = child->pause_ms / 1000,
                                  .tv_usec = (suseconds_t)(child->pause_ms % 1000) * 1000};

    (void)evtimer_add(child->timer, &pause);
    child->pause_ms =
        child->pause_ms * 2 < LONGEST_PAUSE_MS ? child->pause_ms * 2 : LONGEST_PAUSE_MS;
}

static void start_now(struct children *c, struct kept_child *child)
{
    const int err = child->start(c, &child->pid);

    child->started_ms = clock_monotonic_ms();
    if (err) {
        log_error("cannot start a child process, will retry", log_str("child", child->name),
                  log_err(err));
        start_later(child);
    } else {
        log_info("child process started", log_str("child", child->name),
                 log_int("pid", child->pid));
    }
    publish_health(c);
}

static void on_worker_timer(evutil_socket_t fd, short what, void *arg)
{
    struct children *c = arg;

    (void)fd;
    (void)what;
    start_now(c, &c->worker);
}

static void on_redis_timer(evutil_socket_t fd, short what, void *arg)
{
    struct children *c = arg;

    (void)fd;
    (void)what;
    start_now(c, &c->redis);
}

static void reap(struct children *c, struct kept_child *child)
{
    int status = 0;

    if (child->pid <= 0 || waitpid(child->pid, &status, WNOHANG) != child->pid)
        return;
    log_warn("child process ended", log_str("child", child->name), log_int("pid", child->pid),
             log_int("exit_status", WIFEXITED(status) ? WEXITSTATUS(status) : -1),
             log_int("signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0));
    child->pid = 0;
    if (clock_monotonic_ms() - child->started_ms > GOOD_RUN_MS)
        child->pause_ms = FIRST_PAUSE_MS;
    publish_health(c);
    if (child->is_wanted)
        start_later(child);
}

static void on_child(evutil_socket_t fd, short what, void *arg)
{
    struct children *c = arg;

    (void)fd;
    (void)what;
    reap(c, &c->redis);
    reap(c, &c->worker);
}

static int prepare(struct children *c)
{
    struct event_base *base = c->config.base;

    c->on_child = evsignal_new(base, SIGCHLD, on_child, c);
    c->redis.timer = evtimer_new(base, on_redis_timer, c);
    c->worker.timer = evtimer_new(base, on_worker_timer, c);
    if (!c->on_child || !c->redis.timer || !c->worker.timer || evsignal_add(c->on_child, NULL) < 0)
        return ERR_NO_MEMORY;
    return 0;
}

int children_start(const struct children_config *config, struct children **ret_children,
                   struct buf *message)
{
    struct children *c = calloc(1, sizeof *c);

    if (!c)
        return ERR_NO_MEMORY;
    c->config = *config;
    c->redis = (struct kept_child){.name = "redis-server",
                                   .start = start_redis,
                                   .pause_ms = FIRST_PAUSE_MS};
    c->worker =
        (struct kept_child){.name = "worker", .start = start_worker, .pause_ms = FIRST_PAUSE_MS};
    int err = prepare(c);
    if (!err && config->has_redis) {
        c->redis.is_wanted = true;
        err = start_redis_telling(c, &c->redis.pid, message);
        c->redis.started_ms = clock_monotonic_ms();
        if (err && err != ERR_NOT_FOUND && err != ERR_CONFLICT && err != ERR_NO_MEMORY) {
            buf_clear(message);
            start_later(&c->redis);
            err = 0;
        }
    }
    if (err) {
        children_free(c);
        return err;
    }
    *ret_children = c;
    return 0;
}

void children_start_worker(struct children *c)
{
    if (!c->config.worker)
        return;
    c->worker.is_wanted = true;
    start_now(c, &c->worker);
}

void children_stop_worker(struct children *c)
{
    c->worker.is_wanted = false;
    (void)evtimer_del(c->worker.timer);
    if (c->worker.pid > 0)
        (void)child_stop(c->worker.pid, SIGTERM, WORKER_STOP_WAIT_MS);
    c->worker.pid = 0;
    publish_health(c);
}

static void event_free_null(struct event *event)
{
    if (event)
        event_free(event);
}

void children_free(struct children *c)
{
    if (!c)
        return;
    if (c->redis.pid > 0)
        private_redis_stop(c->redis.pid);
    event_free_null(c->on_child);
    event_free_null(c->redis.timer);
    event_free_null(c->worker.timer);
    free(c);
}
