// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/loop/loop.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/encode.h"
#include "common/err.h"
#include "common/id.h"
#include "server/http/loop/loop_core.h"

struct http_timer {
    struct event event;
    struct http_loop *loop;
    void (*fn)(void *arg);
    void *arg;
};

static struct timeval timeval_from_ms(uint32_t ms)
{
    return (struct timeval){.tv_sec = ms / 1000, .tv_usec = (suseconds_t)(ms % 1000) * 1000};
}

/* ---- Time ---- */

int64_t loop_update_now(struct http_loop *loop)
{
    loop->now_ms = clock_monotonic_ms();
    return loop->now_ms;
}

const char *loop_date(struct http_loop *loop)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME_COARSE, &now);
    if (now.tv_sec != loop->date_s) {
        loop->date_s = now.tv_sec;
        http_date_format(now.tv_sec, loop->date);
    }
    return loop->date;
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
    struct http_loop *loop = arg;
    struct deadline *due = NULL;

    (void)fd;
    (void)what;
    (void)loop_update_now(loop);
    while ((due = deadline_next_due(&loop->deadlines, loop->now_ms))) {
        struct loop_member *member = LIST_ELEMENT(due, struct loop_member, deadline);
        due->at_ms = 0;
        member->type->on_deadline(member);
    }
}

/* ---- Tasks and mail ---- */

void loop_later(struct http_loop *loop, struct loop_task *task)
{
    static const struct timeval AT_ONCE = {.tv_sec = 0};

    if (list_is_linked(&task->node))
        return;
    if (list_is_empty(&loop->tasks))
        (void)event_add(&loop->tasks_event, &AT_ONCE);
    list_append(&loop->tasks, &task->node);
}

void loop_cancel(struct loop_task *task)
{
    list_remove(&task->node);
}

/* Tasks that are added meanwhile wait until other events had their turn. */
static void on_tasks(evutil_socket_t fd, short what, void *arg)
{
    struct http_loop *loop = arg;
    struct list_node due;

    (void)fd;
    (void)what;
    list_init(&due);
    while (!list_is_empty(&loop->tasks)) {
        struct list_node *first = loop->tasks.next;
        list_remove(first);
        list_append(&due, first);
    }
    while (!list_is_empty(&due)) {
        struct loop_task *task = LIST_ELEMENT(due.next, struct loop_task, node);
        list_remove(&task->node);
        task->run(task);
    }
}

static void on_mail(evutil_socket_t fd, short what, void *arg)
{
    struct http_loop *loop = arg;

    (void)fd;
    (void)what;
    (void)loop_update_now(loop);
    mail_queue_run(&loop->mail);
}

/* ---- Life ---- */

static struct loop_member *member_at(struct list_node *node)
{
    return LIST_ELEMENT(node, struct loop_member, node);
}

static void on_grace_over(evutil_socket_t fd, short what, void *arg)
{
    struct http_loop *loop = arg;

    (void)fd;
    (void)what;
    (void)loop_update_now(loop);
    while (!list_is_empty(&loop->members)) {
        struct loop_member *member = member_at(loop->members.next);
        member->type->end(member);
    }
}

static int add_events(struct http_loop *loop)
{
    const struct timeval tick = timeval_from_ms(DEADLINE_TICK_MS);
    struct event_base *base = loop->base;

    if (event_assign(&loop->mail_event, base, loop->mail.event_fd, EV_READ | EV_PERSIST, on_mail,
                     loop) < 0 ||
        event_assign(&loop->tick_event, base, -1, EV_PERSIST, on_tick, loop) < 0 ||
        event_assign(&loop->tasks_event, base, -1, 0, on_tasks, loop) < 0 ||
        event_assign(&loop->grace_event, base, -1, 0, on_grace_over, loop) < 0 ||
        event_add(&loop->mail_event, NULL) < 0 || event_add(&loop->tick_event, &tick) < 0)
        return ERR_NO_MEMORY;
    return 0;
}

/* One thread uses a base, so it needs no locks. */
static struct event_base *new_base(void)
{
    struct event_config *config = event_config_new();

    if (!config)
        return NULL;
    (void)event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
    (void)event_config_require_features(config, EV_FEATURE_ET | EV_FEATURE_EARLY_CLOSE);
    struct event_base *base = event_base_new_with_config(config);
    event_config_free(config);
    return base;
}

static void make_boundary(char text[LOOP_BOUNDARY_LENGTH + 1])
{
    unsigned char bytes[LOOP_BOUNDARY_LENGTH / 2];

    random_bytes(bytes, sizeof bytes);
    encode_hex(bytes, sizeof bytes, text);
}

int loop_init(struct http_loop *loop, struct http_engine *engine, unsigned index)
{
    *loop = (struct http_loop){.engine = engine, .index = index, .mail.event_fd = -1};
    list_init(&loop->tasks);
    list_init(&loop->members);
    list_init(&loop->spare_exchanges);
    list_init(&loop->read_aheads);
    deadline_wheel_init(&loop->deadlines, loop_update_now(loop));
    make_boundary(loop->boundary);
    loop->mailbox = (struct mailbox){.post = mail_queue_post, .owner = &loop->mail};
    loop->base = new_base();
    loop->read_scratch = malloc(LOOP_SCRATCH_BYTES);
    loop->write_scratch = malloc(LOOP_SCRATCH_BYTES);
    if (!loop->base || !loop->read_scratch || !loop->write_scratch)
        return ERR_NO_MEMORY;
    const int err = mail_queue_init(&loop->mail);
    if (err < 0)
        return err;
    return add_events(loop);
}

void loop_clear(struct http_loop *loop)
{
    compressor_clear(&loop->compressor);
    if (loop->base)
        event_base_free(loop->base);
    if (loop->mail.last_link)
        mail_queue_clear(&loop->mail);
    free(loop->read_scratch);
    free(loop->write_scratch);
}

void loop_run(struct http_loop *loop)
{
    (void)event_base_dispatch(loop->base);
}

void loop_begin_stop(struct http_loop *loop, uint32_t grace_ms)
{
    const struct timeval grace = timeval_from_ms(grace_ms);
    struct list_node *node = NULL;
    struct list_node *next = NULL;

    loop->is_stopping = true;
    (void)event_add(&loop->grace_event, &grace);
    for (node = loop->members.next; node != &loop->members; node = next) {
        struct loop_member *member = member_at(node);
        next = node->next;
        member->type->stop(member);
    }
    loop_end_if_idle(loop);
}

void loop_join(struct http_loop *loop, struct loop_member *member)
{
    list_append(&loop->members, &member->node);
}

void loop_leave(struct http_loop *loop, struct loop_member *member)
{
    deadline_clear(&loop->deadlines, &member->deadline);
    list_remove(&member->node);
    loop_end_if_idle(loop);
}

void loop_end_if_idle(struct http_loop *loop)
{
    if (loop->is_stopping && list_is_empty(&loop->members) && loop->n_exchanges == 0)
        (void)event_base_loopbreak(loop->base);
}

/* ---- What roles and routes see ---- */

const struct mailbox *http_loop_mailbox(const struct http_loop *loop)
{
    return &loop->mailbox;
}

void *http_loop_context(const struct http_loop *loop)
{
    return loop->context;
}

/* allow(dead_code): whoever keeps something per loop finds it by this; so far tests do */
unsigned http_loop_index(const struct http_loop *loop)
{
    return loop->index;
}

struct event_base *http_loop_base(const struct http_loop *loop)
{
    return loop->base;
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct http_timer *timer = arg;

    (void)fd;
    (void)what;
    (void)loop_update_now(timer->loop);
    timer->fn(timer->arg);
}

int http_timer_start(struct http_loop *loop, uint32_t interval_ms, void (*fn)(void *arg), void *arg,
                     struct http_timer **ret_timer)
{
    const struct timeval interval = timeval_from_ms(interval_ms);
    struct http_timer *timer = malloc(sizeof *timer);

    if (!timer)
        return ERR_NO_MEMORY;
    *timer = (struct http_timer){.loop = loop, .fn = fn, .arg = arg};
    if (event_assign(&timer->event, loop->base, -1, EV_PERSIST, on_timer, timer) < 0 ||
        event_add(&timer->event, &interval) < 0) {
        free(timer);
        return ERR_NO_MEMORY;
    }
    *ret_timer = timer;
    return 0;
}

void http_timer_free(struct http_timer *timer)
{
    if (!timer)
        return;
    (void)event_del(&timer->event);
    free(timer);
}
