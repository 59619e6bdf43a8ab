// SPDX-License-Identifier: GPL-3.0-or-later
#include <criterion/criterion.h>

#include "common/clock.h"
#include "common/err.h"
#include "server/http/loop/loop_core.h"

static struct http_engine engine;
static struct http_loop loop;

static void set_up(void)
{
    cr_assert_eq(loop_init(&loop, &engine, 3), 0);
}

static void tear_down(void)
{
    loop_clear(&loop);
}

TestSuite(loop, .init = set_up, .fini = tear_down);

static int order[8];
static int n_run;
static struct loop_task tasks[3];

static void run_task(struct loop_task *task)
{
    order[n_run++] = (int)(task - tasks);
    if (n_run == 1) {
        loop_later(&loop, &tasks[2]); /* added meanwhile: the next turn */
        loop_cancel(&tasks[1]);
    }
}

Test(loop, tasks_run_later_and_once)
{
    for (int i = 0; i < 3; i++)
        tasks[i].run = run_task;
    loop_later(&loop, &tasks[0]);
    loop_later(&loop, &tasks[0]);
    loop_later(&loop, &tasks[1]);
    cr_assert_eq(n_run, 0);
    event_base_loop(loop.base, EVLOOP_ONCE);
    cr_assert_eq(n_run, 1);
    event_base_loop(loop.base, EVLOOP_ONCE);
    cr_assert_eq(n_run, 2);
    cr_assert_eq(order[1], 2);
}

static int n_ticks;

static void on_timer(void *arg)
{
    cr_assert_eq(arg, &n_ticks);
    n_ticks++;
}

Test(loop, timers_repeat_until_they_are_freed)
{
    struct http_timer *timer = NULL;

    cr_assert_eq(http_timer_start(&loop, 1, on_timer, &n_ticks, &timer), 0);
    cr_assert_eq(n_ticks, 0);
    for (int i = 0; i < 500 && n_ticks < 3; i++)
        event_base_loop(loop.base, EVLOOP_ONCE);
    cr_assert_geq(n_ticks, 3);
    http_timer_free(timer);
    const int before = n_ticks;
    const int64_t until = clock_monotonic_ms() + 20;
    while (clock_monotonic_ms() < until)
        event_base_loop(loop.base, EVLOOP_NONBLOCK);
    cr_assert_eq(n_ticks, before);
    http_timer_free(NULL);
}

static void on_mail(void *arg)
{
    ++*(int *)arg;
}

Test(loop, mail_is_delivered)
{
    struct mail mail = {.fn = on_mail, .arg = &n_run};
    const struct mailbox *mailbox = http_loop_mailbox(&loop);

    mailbox->post(mailbox->owner, &mail);
    cr_assert_eq(n_run, 0);
    event_base_loop(loop.base, EVLOOP_ONCE);
    cr_assert_eq(n_run, 1);
}

Test(loop, knows_the_date_and_itself)
{
    cr_assert_eq(strlen(loop_date(&loop)), HTTP_DATE_LENGTH);
    cr_assert_eq(http_loop_index(&loop), 3);
    cr_assert_eq(http_loop_base(&loop), loop.base);
}

static void begin_stop(void *arg)
{
    loop_begin_stop(arg, 60000);
}

Test(loop, an_idle_one_stops_at_once, .timeout = 10)
{
    struct mail mail = {.fn = begin_stop, .arg = &loop};
    const struct mailbox *mailbox = http_loop_mailbox(&loop);

    mailbox->post(mailbox->owner, &mail);
    loop_run(&loop);
}

static int n_deadlines;
static int n_stops;
static int n_ends;

static void count_deadline(struct loop_member *member)
{
    cr_assert_eq(member->deadline.at_ms, 0);
    n_deadlines++;
}

static void leave_at_stop(struct loop_member *member)
{
    n_stops++;
    loop_leave(&loop, member);
}

static void stay_at_stop(struct loop_member *member)
{
    (void)member;
    n_stops++;
}

static void leave_at_end(struct loop_member *member)
{
    n_ends++;
    loop_leave(&loop, member);
}

Test(loop, who_lives_on_it_hears_of_its_deadline_of_the_stop_and_of_the_end)
{
    static const struct loop_member_type GOES = {.on_deadline = count_deadline,
                                                 .stop = leave_at_stop};
    static const struct loop_member_type STAYS = {.on_deadline = count_deadline,
                                                  .stop = stay_at_stop,
                                                  .end = leave_at_end};
    struct loop_member members[3] = {{.type = &GOES}, {.type = &STAYS}, {.type = &GOES}};

    for (int i = 0; i < 3; i++)
        loop_join(&loop, &members[i]);
    deadline_set(&loop.deadlines, &members[1].deadline, loop.now_ms);
    for (int i = 0; i < 10 && n_deadlines == 0; i++)
        event_base_loop(loop.base, EVLOOP_ONCE);
    cr_assert_eq(n_deadlines, 1);
    loop_begin_stop(&loop, 10);
    cr_assert_eq(n_stops, 3);
    cr_assert(!list_is_empty(&loop.members), "the one that stays was forgotten");
    loop_run(&loop); /* ends with the last of them */
    cr_assert_eq(n_ends, 1);
    cr_assert(list_is_empty(&loop.members));
}
