// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/jobs/task_stream.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "common/clock.h"
#include "common/err.h"
#include "tests/unit/storage/redis_fixture.h"

static struct redis_fixture f;
static struct arena arena;
static bool is_replay;

static void set_up(void)
{
    redis_fixture_open(&f);
    arena = arena_with_limit(1 << 20);
    is_replay = true;
}

static void tear_down(void)
{
    arena_clear(&arena);
    redis_fixture_close(&f);
}

TestSuite(task_stream, .init = set_up, .fini = tear_down);

#define JOB "00112233445566778899aabbccddeeff"

static struct task_order order_of(enum task_kind kind, int64_t number, int64_t epoch)
{
    return (struct task_order){
        .task = {.job_id = JOB, .kind = kind, .number = number, .epoch = epoch},
        .source_path = "sources/ab/abcdef",
        .directory = "packages/" JOB,
        .args = "{\"ladder\":\"weak links\"}",
    };
}

static void enqueue(enum task_kind kind, int64_t number, int64_t epoch)
{
    const struct task_order order = order_of(kind, number, epoch);

    cr_assert_eq(task_stream_enqueue(f.redis, &order), 0, "%s", redis_sync_failure(f.redis));
}

/* Takes an order as a worker that has met the group before. */
static int take(const char *worker, struct task_order *ret_order)
{
    const int err = task_stream_take(f.redis, worker, 0, ret_order);

    return err == ERR_AGAIN ? task_stream_take(f.redis, worker, 0, ret_order) : err;
}

static size_t reports(struct task_report **ret_reports)
{
    size_t n = 0;

    int err = task_stream_reports(f.redis, 100, 0, &is_replay, &arena, ret_reports, &n);
    if (err == ERR_CONFLICT)
        err = task_stream_reports(f.redis, 100, 0, &is_replay, &arena, ret_reports, &n);
    cr_assert(err == 0 || err == ERR_AGAIN, "%d %s", err, redis_sync_failure(f.redis));
    return err ? 0 : n;
}

static int publish(enum task_kind kind, const char *line)
{
    const struct task_ref task = {.job_id = JOB, .kind = kind, .number = 3, .epoch = 7};

    return task_stream_publish(f.redis, &task, "may-1", slice_from(line));
}

static int publish_done(void)
{
    return publish(TASK_CHUNK, "{\"event\":\"done\"}");
}

Test(task_stream, an_order_arrives_whole_and_at_one_worker_alone)
{
    const struct task_order sent = order_of(TASK_CHUNK, 3, 7);
    struct task_order order;

    cr_assert_eq(take("may-1", &order), ERR_AGAIN);
    cr_assert_eq(task_stream_enqueue(f.redis, &sent), 0);
    cr_assert_eq(take("may-1", &order), 0);
    cr_assert_str_eq(order.task.job_id, JOB);
    cr_assert_eq(order.task.kind, TASK_CHUNK);
    cr_assert_eq(order.task.number, 3);
    cr_assert_eq(order.task.epoch, 7);
    cr_assert_str_eq(order.source_path, sent.source_path);
    cr_assert_str_eq(order.directory, sent.directory);
    cr_assert_str_eq(order.args, sent.args);
    cr_assert_eq(take("may-2", &order), ERR_AGAIN);
}

Test(task_stream, orders_that_came_before_any_worker_wait)
{
    struct task_order order;

    enqueue(TASK_PLAN, 0, 1);
    cr_assert_eq(redis_fixture_int(&f, "XLEN tasks"), 1);
    cr_assert_eq(take("may-1", &order), 0);
    cr_assert_eq(redis_fixture_int(&f, "XLEN tasks"), 0,
                 "an order that was taken is off the stream");
}

Test(task_stream, taking_reports_the_start)
{
    struct task_order order;
    struct task_report *list = NULL;

    enqueue(TASK_CHUNK, 3, 7);
    cr_assert_eq(take("may-1", &order), 0);
    cr_assert_eq(reports(&list), 1);
    cr_assert_eq(list[0].event.kind, TASK_EVENT_STARTED);
    cr_assert_eq(list[0].task.epoch, 7);
    cr_assert_str_eq(list[0].worker, "may-1");
}

Test(task_stream, every_kind_of_report_arrives_as_it_was_said)
{
    static const struct {
        enum task_kind task;
        enum task_event_kind event;
        const char *line;
    } SAID[] = {
        {TASK_CHUNK, TASK_EVENT_PROGRESS,
         "{\"event\":\"progress\",\"permille\":500,\"speed_permille\":2500}"},
        {TASK_PLAN, TASK_EVENT_PLANNED,
         "{\"event\":\"planned\",\"n_chunks\":61,\"n_sounds\":2,\"duration_us\":3600000000}"},
        {TASK_SOUND, TASK_EVENT_PART, "{\"event\":\"part\",\"kind\":\"sound\",\"number\":12}"},
        {TASK_CHUNK, TASK_EVENT_WARNING, "{\"event\":\"warning\",\"code\":\"E_NO_AUDIO\"}"},
        {TASK_CHUNK, TASK_EVENT_FAILED,
         "{\"event\":\"failed\",\"code\":\"E_DISK_FULL\",\"detail\":\"at …\"}"},
        {TASK_CHUNK, TASK_EVENT_DONE, "{\"event\":\"done\"}"},
        {TASK_CHUNK, TASK_EVENT_RELEASED, "{\"event\":\"released\"}"},
    };
    enum { N = sizeof SAID / sizeof SAID[0] };
    struct task_report *list = NULL;

    for (size_t i = 0; i < N; i++)
        cr_assert_eq(publish(SAID[i].task, SAID[i].line), 0);
    cr_assert_eq(reports(&list), N);
    for (size_t i = 0; i < N; i++) {
        cr_assert_eq(list[i].event.kind, SAID[i].event);
        cr_assert_eq(list[i].task.kind, SAID[i].task);
        cr_assert_eq(list[i].task.number, 3);
        cr_assert_eq(list[i].task.epoch, 7);
        cr_assert_str_eq(list[i].worker, "may-1");
    }
    cr_assert_eq(list[0].event.permille, 500);
    cr_assert_eq(list[1].event.n_chunks, 61);
    cr_assert_eq(list[2].event.number, 12);
    cr_assert_eq(list[3].event.warning.failure, FAILURE_NO_AUDIO);
    cr_assert_str_eq(list[4].event.detail, "at \xe2\x80\xa6");
}

Test(task_stream, reports_come_again_after_a_restart_until_they_are_acknowledged)
{
    struct task_report *list = NULL;

    for (int i = 0; i < 150; i++)
        cr_assert_eq(publish_done(), 0);
    cr_assert_eq(reports(&list), 100);
    cr_assert_not(is_replay);
    is_replay = true; /* as after a restart */
    cr_assert_eq(reports(&list), 100);
    cr_assert(is_replay);
    cr_assert_eq(task_stream_ack_reports(f.redis, list, 100), 0);
    cr_assert_eq(reports(&list), 50, "then what is new");
    cr_assert_not(is_replay);
    cr_assert_eq(task_stream_ack_reports(f.redis, list, 50), 0);
    is_replay = true;
    cr_assert_eq(reports(&list), 0);
    cr_assert_eq(redis_fixture_int(&f, "XLEN events"), 0);
}

Test(task_stream, an_order_that_was_fenced_off_is_passed_over)
{
    struct task_order order;
    struct task_report *list = NULL;
    const struct task_ref cancelled = order_of(TASK_CHUNK, 1, 1).task;

    enqueue(TASK_CHUNK, 1, 1);
    enqueue(TASK_CHUNK, 2, 2);
    enqueue(TASK_CHUNK, 2, 3); /* issued again: the first issue is void */
    cr_assert_eq(task_stream_fence_off(f.redis, &cancelled), 0);
    cr_assert_eq(take("may-1", &order), 0);
    cr_assert_eq(order.task.number, 2);
    cr_assert_eq(order.task.epoch, 3);
    cr_assert_eq(reports(&list), 1);
    cr_assert_eq(redis_fixture_int(&f, "XLEN tasks"), 0);
}

Test(task_stream, a_fenced_worker_notices_and_is_not_heard)
{
    struct task_order order;
    struct task_report *list = NULL;

    enqueue(TASK_CHUNK, 3, 7);
    cr_assert_eq(take("may-1", &order), 0);
    cr_assert_eq(task_stream_check_fence(f.redis, &order.task), 0);
    enqueue(TASK_CHUNK, 3, 8);
    cr_assert_eq(task_stream_check_fence(f.redis, &order.task), ERR_CANCELLED);
    cr_assert_eq(publish_done(), ERR_CANCELLED);
    cr_assert_eq(reports(&list), 1, "the start alone");
}

Test(task_stream, fencing_an_old_issue_off_leaves_its_successor_alone)
{
    const struct task_ref old = order_of(TASK_CHUNK, 3, 7).task;
    const struct task_ref successor = order_of(TASK_CHUNK, 3, 8).task;

    enqueue(TASK_CHUNK, 3, 7);
    enqueue(TASK_CHUNK, 3, 8);
    cr_assert_eq(task_stream_fence_off(f.redis, &old), 0);
    cr_assert_eq(task_stream_check_fence(f.redis, &successor), 0);
    cr_assert_eq(task_stream_fence_off(f.redis, &successor), 0);
    cr_assert_eq(task_stream_check_fence(f.redis, &successor), ERR_CANCELLED);
}

Test(task_stream, a_flushed_redis_is_told_to_the_core_and_stops_no_worker)
{
    struct task_order order;
    struct task_report *list = NULL;
    size_t n = 0;

    enqueue(TASK_CHUNK, 3, 7);
    cr_assert_eq(take("may-1", &order), 0);
    cr_assert_eq(reports(&list), 1);
    redis_reply_free(redis_fixture_do(&f, "FLUSHALL"));
    cr_assert_eq(task_stream_check_fence(f.redis, &order.task), 0);
    cr_assert_eq(publish_done(), 0);
    cr_assert_eq(task_stream_reports(f.redis, 9, 0, &is_replay, &arena, &list, &n), ERR_CONFLICT);
    cr_assert_eq(task_stream_reports(f.redis, 9, 0, &is_replay, &arena, &list, &n), 0);
    cr_assert_eq(list[0].event.kind, TASK_EVENT_DONE);
    cr_assert_eq(task_stream_set_fence(f.redis, &order.task), 0);
    cr_assert_eq(task_stream_check_fence(f.redis, &order.task), 0);
}

Test(task_stream, a_core_that_waits_notices_a_flush_too)
{
    struct task_report *list = NULL;
    size_t n = 0;

    cr_assert_eq(reports(&list), 0);
    const pid_t child = fork();
    if (child == 0) {
        struct redis_sync *other = NULL;
        struct redisReply *reply = NULL;
        struct redis_args args;
        redis_args_init(&args);
        redis_args_add_text(&args, "FLUSHALL");
        (void)usleep(100000);
        _exit(redis_sync_new(f.address, 1000, &other) || redis_sync_call(other, &args, 0, &reply));
    }
    int err = task_stream_reports(f.redis, 9, 500, &is_replay, &arena, &list, &n);
    if (err == ERR_AGAIN)
        err = task_stream_reports(f.redis, 9, 500, &is_replay, &arena, &list, &n);
    cr_assert_eq(err, ERR_CONFLICT);
}

Test(task_stream, waiting_ends_with_an_order_or_in_time)
{
    struct task_order order;

    (void)take("may-1", &order);
    int64_t start_ms = clock_monotonic_ms();
    cr_assert_eq(task_stream_take(f.redis, "may-1", 100, &order), ERR_AGAIN);
    const int64_t took_ms = clock_monotonic_ms() - start_ms;
    cr_assert(took_ms >= 90 && took_ms < 3000, "%lld ms", (long long)took_ms);
    enqueue(TASK_PLAN, 0, 1);
    start_ms = clock_monotonic_ms();
    cr_assert_eq(task_stream_take(f.redis, "may-1", 4000, &order), 0);
    cr_assert_lt(clock_monotonic_ms() - start_ms, 1000);
}

/* What a worker leaves that dies between reading an order and starting it. */
static void read_as_a_worker_that_dies(const char *worker)
{
    char command[128];

    (void)snprintf(command, sizeof command, "XREADGROUP GROUP workers %s COUNT 1 STREAMS tasks >",
                   worker);
    redis_reply_free(redis_fixture_do(&f, command));
}

Test(task_stream, an_order_that_was_taken_and_not_started_is_found)
{
    struct task_order order;
    struct task_ref *lost = NULL;
    size_t n = 9;

    cr_assert_eq(task_stream_lost(f.redis, 0, 9, &arena, &lost, &n), 0);
    cr_assert_eq(n, 0, "nothing is lost before there is a group");
    (void)take("may-1", &order);
    enqueue(TASK_CHUNK, 3, 7);
    read_as_a_worker_that_dies("may-2");
    cr_assert_eq(task_stream_lost(f.redis, 60000, 9, &arena, &lost, &n), 0);
    cr_assert_eq(n, 0, "it may be about to start");
    (void)usleep(5000);
    cr_assert_eq(task_stream_lost(f.redis, 1, 9, &arena, &lost, &n), 0);
    cr_assert_eq(n, 1);
    cr_assert_eq(lost[0].kind, TASK_CHUNK);
    cr_assert_eq(lost[0].number, 3);
    cr_assert_eq(lost[0].epoch, 7);
    cr_assert_eq(task_stream_lost(f.redis, 0, 9, &arena, &lost, &n), 0);
    cr_assert_eq(n, 0);
    cr_assert_eq(redis_fixture_int(&f, "XLEN tasks"), 0);
}

Test(task_stream, entries_of_another_form_are_thrown_away)
{
    static const char *const strangers[] = {
        "XADD tasks * hello world",
        "XADD tasks * job ../../etc kind chunk number 1 epoch 1",
        "XADD tasks * job " JOB " kind paint number 1 epoch 1",
        "XADD tasks * job " JOB " kind chunk number -1 epoch 1",
        "XADD tasks * job " JOB " kind chunk number 1 epoch 0",
        "XADD tasks * job " JOB " kind chunk number 1",
        "XADD events * hello world",
        "XADD events * job x kind chunk number 1 epoch 1 line {\"event\":\"done\"}",
        "XADD events * job " JOB " kind chunk number 1 epoch 1 line {\"event\":\"dance\"}",
        "XADD events * job " JOB " kind chunk number 1 epoch 1 line done",
        "XADD events * job " JOB " kind chunk number 1 epoch 1",
        "XADD events * event done job " JOB " kind chunk number 1 epoch 1", /* of version 0.1 */
    };
    struct task_order order;
    struct task_report *list = NULL;

    for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++)
        redis_reply_free(redis_fixture_do(&f, strangers[i]));
    enqueue(TASK_CHUNK, 3, 7);
    cr_assert_eq(take("may-1", &order), 0);
    cr_assert_eq(order.task.number, 3);
    cr_assert_eq(reports(&list), 1);
    cr_assert_eq(list[0].event.kind, TASK_EVENT_STARTED);
    cr_assert_eq(redis_fixture_int(&f, "XLEN tasks"), 0);
    cr_assert_eq(task_stream_ack_reports(f.redis, list, 1), 0);
    cr_assert_eq(redis_fixture_int(&f, "XLEN events"), 0);
}

Test(task_stream, reports_that_were_trimmed_away_do_not_come_back_as_nothing)
{
    struct task_report *list = NULL;

    cr_assert_eq(publish_done(), 0);
    cr_assert_eq(reports(&list), 1);
    redis_reply_free(redis_fixture_do(&f, "XTRIM events MAXLEN 0"));
    is_replay = true;
    cr_assert_eq(reports(&list), 0);
    cr_assert_eq(reports(&list), 0);
    cr_assert_not(is_replay);
}

Test(task_stream, a_bad_worker_name_is_refused)
{
    struct task_order order;
    char name[TASK_WORKER_SIZE + 1];

    memset(name, 'w', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    cr_assert_eq(task_stream_take(f.redis, "", 0, &order), ERR_INVALID);
    cr_assert_eq(task_stream_take(f.redis, name, 0, &order), ERR_INVALID);
}

Test(task_stream, a_full_stream_takes_no_more_orders, .timeout = 30)
{
    const struct task_order order = order_of(TASK_CHUNK, 1, 1);
    struct redis_args args;

    for (int i = 0; i < TASK_STREAM_CAP; i++) {
        redis_args_init(&args);
        redis_args_add_text(&args, "XADD");
        redis_args_add_text(&args, "tasks");
        redis_args_add_text(&args, "*");
        redis_args_add_text(&args, "a");
        redis_args_add_text(&args, "b");
        redis_sync_put(f.redis, &args);
    }
    for (int i = 0; i < TASK_STREAM_CAP; i++) {
        CLEANUP(redis_reply_free) struct redisReply *reply = NULL;
        cr_assert_eq(redis_sync_get(f.redis, &reply), 0);
    }
    cr_assert_eq(task_stream_enqueue(f.redis, &order), ERR_TOO_LARGE);
}
