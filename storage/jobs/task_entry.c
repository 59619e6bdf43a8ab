// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/jobs/task_entry.h"

#include <string.h>

#include "common/err.h"

_Static_assert((int)TASK_EVENT_MAX_PARTS == (int)TASK_MAX_NUMBER, "a part's number is a task's");

void task_entry_add_fence_key(struct redis_args *args, const struct task_ref *task)
{
    redis_args_add_format(args, "task:%s:%s:%lld", task->job_id, task_kind_name(task->kind),
                          (long long)task->number);
}

void task_entry_add_int(struct redis_args *args, const char *name, int64_t value)
{
    redis_args_add_text(args, name);
    redis_args_add_int(args, value);
}

void task_entry_add_text(struct redis_args *args, const char *name, const char *value)
{
    redis_args_add_text(args, name);
    redis_args_add_text(args, value);
}

static void add_task(struct redis_args *args, const struct task_ref *task)
{
    task_entry_add_text(args, "job", task->job_id);
    task_entry_add_text(args, "kind", task_kind_name(task->kind));
    task_entry_add_int(args, "number", task->number);
    task_entry_add_int(args, "epoch", task->epoch);
}

void task_entry_add_report(struct redis_args *args, const struct task_ref *task, const char *worker,
                           struct slice line)
{
    add_task(args, task);
    task_entry_add_text(args, "worker", worker);
    redis_args_add_text(args, "line");
    redis_args_add(args, line);
}

const struct redisReply *task_entry_find(const struct redisReply *fields, const char *name)
{
    for (size_t i = 0; i + 1 < redis_reply_length(fields); i += 2)
        if (slice_is(redis_reply_text(redis_reply_at(fields, i)), name))
            return redis_reply_at(fields, i + 1);
    return NULL;
}

/* An absent field is ""; one that does not fit is ERR_INVALID. */
static int get_text(const struct redisReply *fields, const char *name, char *buffer, size_t size)
{
    const struct slice text = redis_reply_text(task_entry_find(fields, name));

    return slice_to_cstr(text, buffer, size) ? ERR_INVALID : 0;
}

int task_entry_get_int(const struct redisReply *fields, const char *name, int64_t *ret_value)
{
    const struct redisReply *value = task_entry_find(fields, name);

    *ret_value = 0;
    return value ? redis_reply_int(value, ret_value) : 0;
}

int task_entry_parse_task(const struct redisReply *fields, struct task_ref *task)
{
    int err = get_text(fields, "job", task->job_id, sizeof task->job_id);

    if (!err && !id_is_valid(slice_from(task->job_id)))
        err = ERR_INVALID;
    if (!err)
        err = task_kind_from_name(redis_reply_text(task_entry_find(fields, "kind")), &task->kind);
    if (!err)
        err = task_entry_get_int(fields, "number", &task->number);
    if (!err)
        err = task_entry_get_int(fields, "epoch", &task->epoch);
    if (!err && (task->number < 0 || task->number > TASK_MAX_NUMBER || task->epoch < 1))
        err = ERR_INVALID;
    return err;
}

int task_entry_parse_order(const struct redisReply *fields, struct task_order *order)
{
    int err = task_entry_parse_task(fields, &order->task);

    if (!err)
        err = get_text(fields, "source", order->source_path, sizeof order->source_path);
    if (!err)
        err = get_text(fields, "directory", order->directory, sizeof order->directory);
    if (!err)
        err = get_text(fields, "args", order->args, sizeof order->args);
    if (!err)
        err = task_entry_get_int(fields, "floor_bytes", &order->floor_bytes);
    return !err && order->floor_bytes < 0 ? ERR_INVALID : err;
}

/* What the functions of job_task.h would refuse must not reach them: it would come again for ever.
 */
static int check_report(const struct task_report *report)
{
    const struct task_event *event = &report->event;
    const struct task_ref *task = &report->task;

    if (event->kind == TASK_EVENT_PLANNED)
        return task->kind == TASK_PLAN ? 0 : ERR_INVALID;
    if (event->kind != TASK_EVENT_PART)
        return 0;
    if (strcmp(event->part_kind, task_kind_name(task->kind)) != 0)
        return ERR_INVALID;
    return task->kind == TASK_SOUND || event->number == task->number ? 0 : ERR_INVALID;
}

int task_entry_parse_report(const struct redisReply *fields, struct task_report *report)
{
    int err = task_entry_parse_task(fields, &report->task);

    if (!err)
        err = get_text(fields, "worker", report->worker, sizeof report->worker);
    if (!err)
        err = task_event_parse(redis_reply_text(task_entry_find(fields, "line")), &report->event);
    return err ? err : check_report(report);
}

void task_entry_add_order(struct redis_args *args, const struct task_order *order)
{
    add_task(args, &order->task);
    task_entry_add_text(args, "source", order->source_path);
    task_entry_add_text(args, "directory", order->directory);
    task_entry_add_text(args, "args", order->args);
    if (order->floor_bytes != 0)
        task_entry_add_int(args, "floor_bytes", order->floor_bytes);
}
