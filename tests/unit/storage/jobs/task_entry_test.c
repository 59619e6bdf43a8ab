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

static const struct task_ref CHUNK = {.job_id = JOB, .kind = TASK_CHUNK, .number = 3, .epoch = 1};

Test(task_entry, absent_fields_are_zero_and_unknown_ones_are_passed_over)
{
    static struct fields fields;
    static struct redis_args args;
    struct task_report parsed = {.entry_id = ""};

    redis_args_init(&args);
    task_entry_add_text(&args, "colour", "blue");
    task_entry_add_report(&args, &CHUNK, "", slice_from("{\"event\":\"done\"}"));
    cr_assert_eq(task_entry_parse_report(as_reply(&args, &fields), &parsed), 0);
    cr_assert_eq(parsed.event.kind, TASK_EVENT_DONE);
    cr_assert_eq(parsed.task.number, 3);
    cr_assert_str_eq(parsed.worker, "");
    cr_assert_eq(task_entry_parse_report(NULL, &parsed), ERR_INVALID);
}

Test(task_entry, a_text_that_is_too_long_is_refused_not_cut)
{
    static struct fields fields;
    static struct redis_args args;
    static char name[TASK_WORKER_SIZE + 8];
    struct task_report parsed = {.entry_id = ""};

    memset(name, 'w', sizeof name - 1);
    redis_args_init(&args);
    task_entry_add_report(&args, &CHUNK, name, slice_from("{\"event\":\"done\"}"));
    cr_assert_eq(task_entry_parse_report(as_reply(&args, &fields), &parsed), ERR_INVALID);
}

static int parse_sent(const struct task_ref *task, const char *line)
{
    static struct fields fields;
    static struct redis_args args;
    struct task_report parsed = {.entry_id = ""};

    redis_args_init(&args);
    task_entry_add_report(&args, task, "may-1", slice_from(line));
    return task_entry_parse_report(as_reply(&args, &fields), &parsed);
}

Test(task_entry, reports_that_the_database_would_refuse_do_not_reach_it)
{
    static const struct task_ref PLAN = {.job_id = JOB, .kind = TASK_PLAN, .epoch = 1};
    static const struct task_ref SOUND = {.job_id = JOB, .kind = TASK_SOUND, .epoch = 1};
    static const struct {
        const struct task_ref *task;
        const char *line;
        int err;
    } CASES[] = {
        {&PLAN, "{\"event\":\"planned\",\"n_chunks\":1,\"n_sounds\":0,\"duration_us\":1}", 0},
        {&CHUNK, "{\"event\":\"planned\",\"n_chunks\":1,\"n_sounds\":0,\"duration_us\":1}",
         ERR_INVALID},
        {&CHUNK, "{\"event\":\"part\",\"kind\":\"chunk\",\"number\":3}", 0},
        {&CHUNK, "{\"event\":\"part\",\"kind\":\"chunk\",\"number\":4}", ERR_INVALID},
        {&CHUNK, "{\"event\":\"part\",\"kind\":\"sound\",\"number\":3}", ERR_INVALID},
        {&SOUND, "{\"event\":\"part\",\"kind\":\"sound\",\"number\":99999}", 0},
        {&SOUND, "{\"event\":\"part\",\"kind\":\"chunk\",\"number\":0}", ERR_INVALID},
        {&PLAN, "{\"event\":\"part\",\"kind\":\"chunk\",\"number\":0}", ERR_INVALID},
        {&CHUNK, "{\"event\":\"failed\",\"code\":\"E_INTERNAL\"}", 0},
        {&CHUNK, "{\"event\":\"failed\"}", ERR_INVALID},
        {&CHUNK, "", ERR_INVALID},
    };

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++)
        cr_assert_eq(parse_sent(CASES[i].task, CASES[i].line), CASES[i].err, "case %zu", i);
}
