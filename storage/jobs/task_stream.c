// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/jobs/task_stream.h"

#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "storage/jobs/task_entry.h"
#include "storage/redis/redis_scripts.h"
#include "storage/redis/redis_sync.h"

/* The sweeper's name in the group of the workers; no worker's, for they hold no parentheses. */
#define SWEEPER "(core)"

enum {
    ACKS_AT_ONCE = 100,
    MAX_SKIPPED = 1000, /* void orders passed over in one call */
    WORKER_FORGOTTEN_MS = 24 * 3600 * 1000,
};

/* ---- calls ---- */

/* Calls and reads an integer answer. */
static int call_for_int(struct redis_sync *redis, const struct redis_args *args, int64_t *ret_value)
{
    CLEANUP(redis_reply_free) struct redisReply *reply = NULL;

    const int err = redis_sync_call(redis, args, 0, &reply);
    return err ? err : redis_reply_int(reply, ret_value);
}

static int make_group(struct redis_sync *redis, const char *stream, const char *group)
{
    CLEANUP(redis_reply_free) struct redisReply *reply = NULL;
    struct redis_args args;

    redis_args_init(&args);
    redis_args_add_text(&args, "XGROUP");
    redis_args_add_text(&args, "CREATE");
    redis_args_add_text(&args, stream);
    redis_args_add_text(&args, group);
    redis_args_add_text(&args, "0");
    redis_args_add_text(&args, "MKSTREAM");
    const int err = redis_sync_call(redis, &args, 0, &reply);
    return err == ERR_EXISTS ? 0 : err;
}

static int make_groups(struct redis_sync *redis)
{
    const int err = make_group(redis, "tasks", "workers");

    return err ? err : make_group(redis, "events", "core");
}

/* Reads entries as a member of a group; *ret_entries is borrowed from *ret_reply.
 * ERR_AGAIN when there are none, ERR_NOT_FOUND when there is no such group. */
static int read_group(struct redis_sync *redis, const char *group, const char *member,
                      const char *stream, const char *from, size_t limit, int64_t block_ms,
                      struct redisReply **ret_reply, const struct redisReply **ret_entries)
{
    CLEANUP(redis_reply_free) struct redisReply *reply = NULL;
    struct redis_args args;

    redis_args_init(&args);
    redis_args_add_text(&args, "XREADGROUP");
    redis_args_add_text(&args, "GROUP");
    redis_args_add_text(&args, group);
    redis_args_add_text(&args, member);
    redis_args_add_text(&args, "COUNT");
    redis_args_add_int(&args, (int64_t)limit);
    if (block_ms > 0)
        task_entry_add_int(&args, "BLOCK", block_ms);
    task_entry_add_text(&args, "STREAMS", stream);
    redis_args_add_text(&args, from);
    const int err = redis_sync_call(redis, &args, block_ms, &reply);
    if (err)
        return err;
    const struct redisReply *entries = redis_reply_at(redis_reply_at(reply, 0), 1);
    if (redis_reply_length(entries) == 0)
        return ERR_AGAIN;
    *ret_entries = entries;
    *ret_reply = reply;
    reply = NULL;
    return 0;
}

/* Acknowledges and deletes entries; ids[n], n <= ACKS_AT_ONCE. */
static int acknowledge(struct redis_sync *redis, const char *stream, const char *group,
                       const struct slice *ids, size_t n)
{
    CLEANUP(redis_reply_free) struct redisReply *acked = NULL;
    CLEANUP(redis_reply_free) struct redisReply *deleted = NULL;
    struct redis_args args;

    redis_args_init(&args);
    redis_args_add_text(&args, "XACK");
    task_entry_add_text(&args, stream, group);
    for (size_t i = 0; i < n; i++)
        redis_args_add(&args, ids[i]);
    redis_sync_put(redis, &args);
    redis_args_init(&args);
    task_entry_add_text(&args, "XDEL", stream);
    for (size_t i = 0; i < n; i++)
        redis_args_add(&args, ids[i]);
    redis_sync_put(redis, &args);
    const int ack_err = redis_sync_get(redis, &acked);
    const int delete_err = redis_sync_get(redis, &deleted);
    return ack_err ? ack_err : delete_err;
}

/* ---- the core's side of orders ---- */

int task_stream_enqueue(struct redis_sync *redis, const struct task_order *order)
{
    struct redis_args args;
    int64_t is_queued = 0;

    redis_args_init(&args);
    redis_args_add_text(&args, "EVAL");
    redis_args_add_text(&args, redis_script_task_enqueue);
    redis_args_add_text(&args, "2");
    redis_args_add_text(&args, "tasks");
    task_entry_add_fence_key(&args, &order->task);
    redis_args_add_int(&args, TASK_STREAM_CAP);
    redis_args_add_int(&args, TASK_FENCE_TTL_S);
    redis_args_add_int(&args, order->task.epoch);
    task_entry_add_order(&args, order);
    const int err = call_for_int(redis, &args, &is_queued);
    if (err)
        return err;
    return is_queued ? 0 : ERR_TOO_LARGE;
}

int task_stream_set_fence(struct redis_sync *redis, const struct task_ref *task)
{
    CLEANUP(redis_reply_free) struct redisReply *reply = NULL;
    struct redis_args args;

    redis_args_init(&args);
    redis_args_add_text(&args, "SET");
    task_entry_add_fence_key(&args, task);
    redis_args_add_int(&args, task->epoch);
    task_entry_add_int(&args, "EX", TASK_FENCE_TTL_S);
    return redis_sync_call(redis, &args, 0, &reply);
}

int task_stream_fence_off(struct redis_sync *redis, const struct task_ref *task)
{
    struct redis_args args;
    int64_t is_fenced = 0;

    redis_args_init(&args);
    redis_args_add_text(&args, "EVAL");
    redis_args_add_text(&args, redis_script_task_fence_off);
    redis_args_add_text(&args, "1");
    task_entry_add_fence_key(&args, task);
    redis_args_add_int(&args, task->epoch);
    redis_args_add_int(&args, TASK_FENCE_TTL_S);
    return call_for_int(redis, &args, &is_fenced);
}

/* Claims what was taken long ago; *ret_reply is [next, entries, deleted]. */
static int claim_idle(struct redis_sync *redis, int64_t min_idle_ms, size_t limit,
                      struct redisReply **ret_reply)
{
    struct redis_args args;

    redis_args_init(&args);
    redis_args_add_text(&args, "XAUTOCLAIM");
    task_entry_add_text(&args, "tasks", "workers");
    redis_args_add_text(&args, SWEEPER);
    redis_args_add_int(&args, min_idle_ms);
    redis_args_add_text(&args, "0");
    task_entry_add_int(&args, "COUNT", (int64_t)limit);
    return redis_sync_call(redis, &args, 0, ret_reply);
}

/* A group's members stay for ever unless somebody removes them. */
static int forget_workers(struct redis_sync *redis)
{
    CLEANUP(redis_reply_free) struct redisReply *members = NULL;
    struct redis_args args;

    redis_args_init(&args);
    task_entry_add_text(&args, "XINFO", "CONSUMERS");
    task_entry_add_text(&args, "tasks", "workers");
    int err = redis_sync_call(redis, &args, 0, &members);
    for (size_t i = 0; !err && i < redis_reply_length(members); i++) {
        CLEANUP(redis_reply_free) struct redisReply *reply = NULL;
        const struct redisReply *member = redis_reply_at(members, i);
        int64_t n_pending = 0, idle_ms = 0;
        if (task_entry_get_int(member, "pending", &n_pending) ||
            task_entry_get_int(member, "idle", &idle_ms) || n_pending > 0 ||
            idle_ms < WORKER_FORGOTTEN_MS)
            continue;
        redis_args_init(&args);
        task_entry_add_text(&args, "XGROUP", "DELCONSUMER");
        task_entry_add_text(&args, "tasks", "workers");
        redis_args_add(&args, redis_reply_text(task_entry_find(member, "name")));
        err = redis_sync_call(redis, &args, 0, &reply);
    }
    return err;
}

/* Lists the claimed entries in the arena, and takes them off the stream. */
static int collect_lost(struct redis_sync *redis, const struct redisReply *entries,
                        struct arena *arena, struct task_ref **ret_tasks, size_t *ret_n)
{
    const size_t n_entries = redis_reply_length(entries);
    struct task_ref *tasks = arena_alloc(arena, (n_entries + 1) * sizeof *tasks);
    size_t n = 0;
    int err = tasks ? 0 : ERR_NO_MEMORY;

    for (size_t i = 0; !err && i < n_entries; i++) {
        const struct redisReply *entry = redis_reply_at(entries, i);
        const struct slice id = redis_reply_text(redis_reply_at(entry, 0));
        n += task_entry_parse_task(redis_reply_at(entry, 1), &tasks[n]) == 0;
        err = acknowledge(redis, "tasks", "workers", &id, 1);
    }
    if (err)
        return err;
    *ret_tasks = tasks;
    *ret_n = n;
    return 0;
}

int task_stream_lost(struct redis_sync *redis, int64_t min_idle_ms, size_t limit,
                     struct arena *arena, struct task_ref **ret_tasks, size_t *ret_n)
{
    CLEANUP(redis_reply_free) struct redisReply *claimed = NULL;

    int err = claim_idle(redis, min_idle_ms, limit, &claimed);
    if (err == ERR_NOT_FOUND) { /* no group yet: nobody took anything */
        *ret_tasks = NULL;
        *ret_n = 0;
        return 0;
    }
    if (!err)
        err = forget_workers(redis);
    return err ? err : collect_lost(redis, redis_reply_at(claimed, 1), arena, ret_tasks, ret_n);
}

/* ---- the worker's side ---- */

/* Acknowledges the order and reports its start. ERR_CANCELLED when it is void. */
static int start_order(struct redis_sync *redis, const char *entry_id, const struct task_ref *task,
                       const char *worker)
{
    CLEANUP(buf_clear) struct buf line = buf_with_limit(TASK_EVENT_LINE_MAX_BYTES);
    struct redis_args args;
    int64_t is_started = 0;

    task_event_write(&(struct task_event){.kind = TASK_EVENT_STARTED}, &line);
    if (line.err)
        return line.err;
    redis_args_init(&args);
    redis_args_add_text(&args, "EVAL");
    redis_args_add_text(&args, redis_script_task_start);
    redis_args_add_text(&args, "3");
    redis_args_add_text(&args, "tasks");
    task_entry_add_fence_key(&args, task);
    redis_args_add_text(&args, "events");
    redis_args_add_text(&args, entry_id);
    redis_args_add_int(&args, task->epoch);
    redis_args_add_int(&args, EVENT_STREAM_CAP);
    task_entry_add_report(&args, task, worker, buf_slice(&line));
    const int err = call_for_int(redis, &args, &is_started);
    if (err)
        return err;
    return is_started ? 0 : ERR_CANCELLED;
}

/* Takes one entry. ERR_CANCELLED when it is void: the next one may be good. */
static int take_one(struct redis_sync *redis, const char *worker, int64_t block_ms,
                    struct task_order *ret_order)
{
    CLEANUP(redis_reply_free) struct redisReply *reply = NULL;
    const struct redisReply *entries = NULL;
    struct task_order order = {.args = ""};
    char entry_id[48];

    int err = read_group(redis, "workers", worker, "tasks", ">", 1, block_ms, &reply, &entries);
    if (err)
        return err;
    const struct redisReply *entry = redis_reply_at(entries, 0);
    const struct slice id = redis_reply_text(redis_reply_at(entry, 0));
    if (slice_to_cstr(id, entry_id, sizeof entry_id) ||
        task_entry_parse_order(redis_reply_at(entry, 1), &order)) {
        err = acknowledge(redis, "tasks", "workers", &id, 1);
        return err ? err : ERR_CANCELLED;
    }
    err = start_order(redis, entry_id, &order.task, worker);
    if (!err)
        *ret_order = order;
    return err;
}

int task_stream_take(struct redis_sync *redis, const char *worker, int64_t block_ms,
                     struct task_order *ret_order)
{
    int err = ERR_CANCELLED;

    if (!worker[0] || strlen(worker) >= TASK_WORKER_SIZE)
        return ERR_INVALID;
    for (int i = 0; err == ERR_CANCELLED && i < MAX_SKIPPED; i++) {
        err = take_one(redis, worker, i == 0 ? block_ms : 0, ret_order);
        if (err == ERR_NOT_FOUND) {
            err = make_groups(redis);
            if (!err)
                err = ERR_AGAIN;
        }
    }
    return err == ERR_CANCELLED ? ERR_AGAIN : err;
}

int task_stream_check_fence(struct redis_sync *redis, const struct task_ref *task)
{
    CLEANUP(redis_reply_free) struct redisReply *reply = NULL;
    struct redis_args args;
    int64_t epoch = 0;

    redis_args_init(&args);
    redis_args_add_text(&args, "GET");
    task_entry_add_fence_key(&args, task);
    const int err = redis_sync_call(redis, &args, 0, &reply);
    if (err || redis_reply_is_nil(reply))
        return err;
    return redis_reply_int(reply, &epoch) == 0 && epoch == task->epoch ? 0 : ERR_CANCELLED;
}

int task_stream_publish(struct redis_sync *redis, const struct task_ref *task, const char *worker,
                        struct slice line)
{
    struct redis_args args;
    int64_t is_published = 0;

    redis_args_init(&args);
    redis_args_add_text(&args, "EVAL");
    redis_args_add_text(&args, redis_script_task_publish);
    redis_args_add_text(&args, "2");
    task_entry_add_fence_key(&args, task);
    redis_args_add_text(&args, "events");
    redis_args_add_int(&args, task->epoch);
    redis_args_add_int(&args, EVENT_STREAM_CAP);
    redis_args_add_int(&args, TASK_FENCE_TTL_S);
    task_entry_add_report(&args, task, worker, line);
    const int err = call_for_int(redis, &args, &is_published);
    if (err)
        return err;
    return is_published ? 0 : ERR_CANCELLED;
}

/* ---- the core's side of reports ---- */

/* Entries of our form go to the arena, the others are acknowledged here. */
static int collect_reports(struct redis_sync *redis, const struct redisReply *entries,
                           struct arena *arena, struct task_report **ret_reports, size_t *ret_n)
{
    const size_t n_entries = redis_reply_length(entries);
    struct task_report *reports = arena_alloc(arena, (n_entries + 1) * sizeof *reports);
    size_t n = 0;
    int err = reports ? 0 : ERR_NO_MEMORY;

    for (size_t i = 0; !err && i < n_entries; i++) {
        const struct redisReply *entry = redis_reply_at(entries, i);
        const struct slice id = redis_reply_text(redis_reply_at(entry, 0));
        struct task_report report = {.entry_id = ""};
        if (slice_to_cstr(id, report.entry_id, sizeof report.entry_id) == 0 &&
            task_entry_parse_report(redis_reply_at(entry, 1), &report) == 0)
            reports[n++] = report;
        else
            err = acknowledge(redis, "events", "core", &id, 1);
    }
    if (err)
        return err;
    *ret_reports = reports;
    *ret_n = n;
    return n > 0 ? 0 : ERR_AGAIN;
}

int task_stream_reports(struct redis_sync *redis, size_t limit, int64_t block_ms, bool *is_replay,
                        struct arena *arena, struct task_report **ret_reports, size_t *ret_n)
{
    CLEANUP(redis_reply_free) struct redisReply *reply = NULL;
    const struct redisReply *entries = NULL;
    int err = ERR_AGAIN;

    if (*is_replay) {
        err = read_group(redis, "core", "core", "events", "0", limit, 0, &reply, &entries);
        if (err == ERR_AGAIN)
            *is_replay = false;
    }
    if (err == ERR_AGAIN)
        err = read_group(redis, "core", "core", "events", ">", limit, block_ms, &reply, &entries);
    if (err == ERR_NOT_FOUND) {
        err = make_groups(redis);
        return err ? err : ERR_CONFLICT;
    }
    return err ? err : collect_reports(redis, entries, arena, ret_reports, ret_n);
}

static int ack_some(struct redis_sync *redis, const struct task_report *reports, size_t n)
{
    struct slice ids[ACKS_AT_ONCE];

    for (size_t i = 0; i < n; i++)
        ids[i] = slice_from(reports[i].entry_id);
    return acknowledge(redis, "events", "core", ids, n);
}

int task_stream_ack_reports(struct redis_sync *redis, const struct task_report *reports, size_t n)
{
    int err = 0;

    while (!err && n > 0) {
        const size_t n_now = n < ACKS_AT_ONCE ? n : ACKS_AT_ONCE;
        err = ack_some(redis, reports, n_now);
        reports += n_now;
        n -= n_now;
    }
    return err;
}
