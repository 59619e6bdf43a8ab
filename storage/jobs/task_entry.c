// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/jobs/task_entry.h"

#include "common/err.h"

enum { MAX_SOUNDS = 1000 }; /* audio renditions: far more than any package holds */

static const char *const EVENT_NAMES[N_TASK_EVENTS] = {
    [TASK_EVENT_STARTED] = "started", [TASK_EVENT_PROGRESS] = "progress",
    [TASK_EVENT_PLANNED] = "planned", [TASK_EVENT_PART] = "part",
    [TASK_EVENT_WARNING] = "warning", [TASK_EVENT_DONE] = "done",
    [TASK_EVENT_FAILED] = "failed",   [TASK_EVENT_RELEASED] = "released",
};

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

void task_entry_add_event(struct redis_args *args, const struct task_event *event)
{
    const struct {
        const char *name;
        int64_t value;
    } numbers[] = {
        {"progress_permille", event->progress_permille},
        {"speed_permille", event->speed_permille},
        {"n_chunks", event->n_chunks},
        {"n_sounds", event->n_sounds},
        {"duration_us", event->duration_us},
        {"part_number", event->part_number},
        {"is_crash", event->is_crash},
    };

    task_entry_add_text(args, "event", EVENT_NAMES[event->kind]);
    add_task(args, &event->task);
    task_entry_add_text(args, "worker", event->worker);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (numbers[i].value != 0)
            task_entry_add_int(args, numbers[i].name, numbers[i].value);
    if (event->failure != FAILURE_NONE)
        task_entry_add_text(args, "failure", failure_code(event->failure));
    if (event->detail[0])
        task_entry_add_text(args, "detail", event->detail);
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

static int parse_event_kind(const struct redisReply *fields, enum task_event_kind *kind)
{
    const struct slice name = redis_reply_text(task_entry_find(fields, "event"));

    for (int i = 0; i < N_TASK_EVENTS; i++) {
        if (slice_is(name, EVENT_NAMES[i])) {
            *kind = (enum task_event_kind)i;
            return 0;
        }
    }
    return ERR_INVALID;
}

static int parse_event_numbers(const struct redisReply *fields, struct task_event *event)
{
    const struct {
        const char *name;
        int64_t *value;
    } numbers[] = {
        {"progress_permille", &event->progress_permille},
        {"speed_permille", &event->speed_permille},
        {"n_chunks", &event->n_chunks},
        {"n_sounds", &event->n_sounds},
        {"duration_us", &event->duration_us},
        {"part_number", &event->part_number},
    };

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (task_entry_get_int(fields, numbers[i].name, numbers[i].value) || *numbers[i].value < 0)
            return ERR_INVALID;
    return event->progress_permille > 1000 || event->n_sounds > MAX_SOUNDS ? ERR_INVALID : 0;
}

/* What the functions of job_task.h would refuse must not reach them: it would come again for ever.
 */
static int check_event(const struct task_event *event)
{
    const struct task_ref *task = &event->task;
    bool is_good = true;

    if (event->kind == TASK_EVENT_PLANNED)
        is_good = task->kind == TASK_PLAN && event->n_chunks <= TASK_MAX_NUMBER + 1 &&
                  event->n_chunks + event->n_sounds > 0;
    else if (event->kind == TASK_EVENT_PART && task->kind == TASK_CHUNK)
        is_good = event->part_number == task->number;
    else if (event->kind == TASK_EVENT_PART)
        is_good = task->kind == TASK_SOUND && event->part_number <= TASK_MAX_NUMBER;
    else if (event->kind == TASK_EVENT_WARNING || event->kind == TASK_EVENT_FAILED)
        is_good = event->failure != FAILURE_NONE;
    return is_good ? 0 : ERR_INVALID;
}

int task_entry_parse_event(const struct redisReply *fields, struct task_event *event)
{
    const struct slice code = redis_reply_text(task_entry_find(fields, "failure"));
    int64_t is_crash = 0;

    int err = parse_event_kind(fields, &event->kind);
    if (!err)
        err = task_entry_parse_task(fields, &event->task);
    if (!err)
        err = parse_event_numbers(fields, event);
    if (!err)
        err = task_entry_get_int(fields, "is_crash", &is_crash);
    if (!err)
        err = get_text(fields, "worker", event->worker, sizeof event->worker);
    if (!err)
        err = get_text(fields, "detail", event->detail, sizeof event->detail);
    event->is_crash = is_crash != 0;
    event->failure = code.length > 0 ? failure_from_code(code) : FAILURE_NONE;
    return err ? err : check_event(event);
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
