// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/jobs/task_entry.h"

#include <string.h>

#include <criterion/criterion.h>

#include <hiredis/hiredis.h>

#include "common/err.h"

#define JOB "00112233445566778899aabbccddeeff"

/* The arguments as the list that Redis would answer with. */
struct fields {
    struct redisReply list;
    struct redisReply texts[REDIS_ARGS_MAX];
    struct redisReply *pointers[REDIS_ARGS_MAX];
};

static const struct redisReply *as_reply(const struct redis_args *args, struct fields *fields)
{
    for (int i = 0; i < args->n; i++) {
        fields->texts[i] = (struct redisReply){.type = REDIS_REPLY_STRING,
                                               .str = (char *)(uintptr_t)args->argv[i],
                                               .len = args->lengths[i]};
        fields->pointers[i] = &fields->texts[i];
    }
    fields->list = (struct redisReply){.type = REDIS_REPLY_ARRAY,
                                       .elements = (size_t)args->n,
                                       .element = fields->pointers};
    return &fields->list;
}

Test(task_entry, the_longest_order_fits_a_command_and_comes_back)
{
    static struct fields fields;
    static struct redis_args args;
    struct task_order order = {
        .task = {.job_id = JOB, .kind = TASK_CHUNK, .number = TASK_MAX_NUMBER, .epoch = INT64_MAX},
        .floor_bytes = INT64_MAX};
    struct task_order parsed = {.args = ""};

    memset(order.source_path, 's', sizeof order.source_path - 1);
    memset(order.directory, 'd', sizeof order.directory - 1);
    memset(order.args, 'a', sizeof order.args - 1);
    redis_args_init(&args);
    task_entry_add_order(&args, &order);
    cr_assert_eq(args.err, 0);
    cr_assert_eq(task_entry_parse_order(as_reply(&args, &fields), &parsed), 0);
    cr_assert_str_eq(parsed.source_path, order.source_path);
    cr_assert_str_eq(parsed.directory, order.directory);
    cr_assert_str_eq(parsed.args, order.args);
    cr_assert_eq(parsed.task.epoch, INT64_MAX);
    cr_assert_eq(parsed.floor_bytes, INT64_MAX);
}

Test(task_entry, absent_fields_are_zero_and_unknown_ones_are_passed_over)
{
    static struct fields fields;
    static struct redis_args args;
    struct task_event parsed = {.entry_id = ""};
    const struct task_event event = {.kind = TASK_EVENT_DONE,
                                     .task = {.job_id = JOB, .kind = TASK_JOIN, .epoch = 1}};

    redis_args_init(&args);
    task_entry_add_text(&args, "colour", "blue");
    task_entry_add_event(&args, &event);
    cr_assert_eq(task_entry_parse_event(as_reply(&args, &fields), &parsed), 0);
    cr_assert_eq(parsed.kind, TASK_EVENT_DONE);
    cr_assert_eq(parsed.n_chunks, 0);
    cr_assert_eq(parsed.failure, FAILURE_NONE);
    cr_assert_not(parsed.is_crash);
    cr_assert_str_eq(parsed.detail, "");
    cr_assert_eq(task_entry_parse_event(NULL, &parsed), ERR_INVALID);
}

Test(task_entry, a_text_that_is_too_long_is_refused_not_cut)
{
    static struct fields fields;
    static struct redis_args args;
    static char name[TASK_WORKER_SIZE + 8];
    struct task_event parsed = {.entry_id = ""};

    memset(name, 'w', sizeof name - 1);
    redis_args_init(&args);
    task_entry_add_text(&args, "event", "done");
    task_entry_add_text(&args, "job", JOB);
    task_entry_add_text(&args, "kind", "join");
    task_entry_add_text(&args, "epoch", "1");
    task_entry_add_text(&args, "worker", name);
    cr_assert_eq(task_entry_parse_event(as_reply(&args, &fields), &parsed), ERR_INVALID);
}

static int parse_sent(const struct task_event *event)
{
    static struct fields fields;
    static struct redis_args args;
    struct task_event parsed = {.entry_id = ""};

    redis_args_init(&args);
    task_entry_add_event(&args, event);
    return task_entry_parse_event(as_reply(&args, &fields), &parsed);
}

Test(task_entry, reports_that_the_database_would_refuse_do_not_reach_it)
{
    const struct task_ref plan = {.job_id = JOB, .kind = TASK_PLAN, .epoch = 1};
    const struct task_ref sound = {.job_id = JOB, .kind = TASK_SOUND, .epoch = 1};
    const struct task_ref chunk = {.job_id = JOB, .kind = TASK_CHUNK, .number = 3, .epoch = 1};
    const struct {
        struct task_event event;
        int err;
    } cases[] = {
        {{.kind = TASK_EVENT_PLANNED, .task = plan, .n_chunks = 1}, 0},
        {{.kind = TASK_EVENT_PLANNED, .task = plan, .n_sounds = 1}, 0},
        {{.kind = TASK_EVENT_PLANNED, .task = plan}, ERR_INVALID},
        {{.kind = TASK_EVENT_PLANNED, .task = plan, .n_chunks = TASK_MAX_NUMBER + 2}, ERR_INVALID},
        {{.kind = TASK_EVENT_PLANNED, .task = plan, .n_sounds = INT64_MAX}, ERR_INVALID},
        {{.kind = TASK_EVENT_PLANNED, .task = chunk, .n_chunks = 1}, ERR_INVALID},
        {{.kind = TASK_EVENT_PART, .task = chunk, .part_number = 3}, 0},
        {{.kind = TASK_EVENT_PART, .task = chunk, .part_number = 4}, ERR_INVALID},
        {{.kind = TASK_EVENT_PART, .task = sound, .part_number = TASK_MAX_NUMBER}, 0},
        {{.kind = TASK_EVENT_PART, .task = sound, .part_number = TASK_MAX_NUMBER + 1}, ERR_INVALID},
        {{.kind = TASK_EVENT_PART, .task = plan}, ERR_INVALID},
        {{.kind = TASK_EVENT_WARNING, .task = chunk}, ERR_INVALID},
        {{.kind = TASK_EVENT_FAILED, .task = chunk}, ERR_INVALID},
        {{.kind = TASK_EVENT_FAILED, .task = chunk, .failure = FAILURE_INTERNAL}, 0},
        {{.kind = TASK_EVENT_PROGRESS, .task = chunk, .progress_permille = 1000}, 0},
        {{.kind = TASK_EVENT_PROGRESS, .task = chunk, .progress_permille = 1001}, ERR_INVALID},
        {{.kind = TASK_EVENT_PROGRESS, .task = chunk, .speed_permille = -1}, ERR_INVALID},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_assert_eq(parse_sent(&cases[i].event), cases[i].err, "case %zu", i);
}
