// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/worker.h"

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/log.h"
#include "server/roles/transcode_process.h"
#include "storage/jobs/task_args.h"
#include "storage/jobs/task_stream.h"
#include "storage/media/media_store.h"
#include "storage/redis/redis_sync.h"

enum {
    REDIS_TIMEOUT_MS = 5000,
    TAKE_WAIT_MS = 1000, /* also how long stopping may take */
    RETRY_MS = 1000,
    REPORT_TRIES = 300, /* five minutes without Redis: then the lease is long over */
    FENCE_MS = 1000,    /* between two looks at the fence */
    PROGRESS_MS = 2000, /* between reports; TASK_LEASE_MS of the core is many of these */
};

struct slot {
    struct worker *worker;
    struct redis_sync *redis; /* owned; the thread's */
    pthread_t thread;
    size_t index;
    bool is_failing; /* Redis; told once */

    /* the task under way */
    struct task_order order;
    char name[TASK_WORKER_SIZE];
    struct buf progress;      /* the last such line; the heartbeat, even while there is none */
    int64_t reported_at_ms;   /* monotonic */
    int64_t fence_seen_at_ms; /* monotonic */
    bool is_fenced_off;
    bool is_out_of_room; /* it was stopped, and is given back, so that the floor stays free */
};

struct worker {
    struct worker_config config;
    atomic_bool is_stopping;
    size_t n_slots; /* started */
    struct slot slots[];
};

static void sleep_ms(unsigned ms)
{
    (void)nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000},
                    NULL);
}

static bool is_stopping(const struct slot *slot)
{
    return atomic_load(&slot->worker->is_stopping);
}

/* ---- reporting ---- */

/* One try, for reports whose loss does no harm. */
static int publish(struct slot *slot, struct slice line)
{
    const int err = task_stream_publish(slot->redis, &slot->order.task, slot->name, line);

    if (err == ERR_CANCELLED)
        slot->is_fenced_off = true;
    return err;
}

/* Tries until it is told, or nobody can want to know any more. */
static void publish_for_sure(struct slot *slot, struct slice line)
{
    for (int i = 0; i < REPORT_TRIES && !slot->is_fenced_off && !is_stopping(slot); i++) {
        const int err = publish(slot, line);
        if (!err || err == ERR_CANCELLED || err == ERR_INVALID)
            return;
        sleep_ms(RETRY_MS);
    }
}

/* What the program says is relayed as it is; progress when the tick finds that it is time. */
static void on_line(void *arg, struct slice line, const struct task_event *event)
{
    struct slot *slot = arg;

    if (event->kind != TASK_EVENT_PROGRESS) {
        publish_for_sure(slot, line);
        return;
    }
    buf_reset(&slot->progress);
    buf_append_slice(&slot->progress, line);
}

static bool has_room(const struct slot *slot, bool is_begun)
{
    return media_store_has_room(slot->worker->config.media, (uint64_t)slot->order.floor_bytes,
                                is_begun);
}

static void look_at_fence(struct slot *slot)
{
    const int64_t now_ms = clock_monotonic_ms();

    if (now_ms - slot->fence_seen_at_ms < FENCE_MS)
        return;
    slot->fence_seen_at_ms = now_ms;
    if (task_stream_check_fence(slot->redis, &slot->order.task) == ERR_CANCELLED)
        slot->is_fenced_off = true;
}

static bool on_tick(void *arg)
{
    struct slot *slot = arg;

    if (is_stopping(slot))
        return false;
    look_at_fence(slot);
    slot->is_out_of_room = !has_room(slot, true);
    if (slot->is_fenced_off || slot->is_out_of_room)
        return false;
    if (clock_monotonic_ms() - slot->reported_at_ms >= PROGRESS_MS) {
        (void)publish(slot, buf_slice(&slot->progress));
        slot->reported_at_ms = clock_monotonic_ms();
    }
    return !slot->is_fenced_off;
}

/* The disk filled up between two ticks: no fault of the task. A quota that statvfs does not know
 * stays a failure, which ends. */
static bool is_disk_full(const struct slot *slot, const struct transcode_result *result)
{
    return result->end == TRANSCODE_ENDED_BADLY && result->event.failure == FAILURE_DISK_FULL &&
           !has_room(slot, true);
}

/* What the worker has to say itself, about the task's end. */
static void report_end(struct slot *slot, const struct task_event *event, bool is_for_sure)
{
    CLEANUP(buf_clear) struct buf line = buf_with_limit(TASK_EVENT_LINE_MAX_BYTES);

    task_event_write(event, &line);
    if (line.err) /* no memory: as if this worker was lost */
        return;
    if (is_for_sure)
        publish_for_sure(slot, buf_slice(&line));
    else
        (void)publish(slot, buf_slice(&line));
}

static void report_result(struct slot *slot, const struct transcode_result *result)
{
    /* nobody may take it before there is room */
    static const struct task_event OUT_OF_ROOM = {.kind = TASK_EVENT_RELEASED,
                                                  .failure = FAILURE_DISK_FULL};
    /* others may take it at once */
    static const struct task_event RELEASED = {.kind = TASK_EVENT_RELEASED};

    if (slot->is_out_of_room || is_disk_full(slot, result))
        report_end(slot, &OUT_OF_ROOM, true);
    else if (result->end == TRANSCODE_STOPPED)
        report_end(slot, &RELEASED, false);
    else
        report_end(slot, &result->event, true);
}

/* ---- one task ---- */

static void begin_progress(struct slot *slot)
{
    buf_reset(&slot->progress);
    task_event_write(&(struct task_event){.kind = TASK_EVENT_PROGRESS}, &slot->progress);
}

static void run_order(struct slot *slot)
{
    const struct worker_config *config = &slot->worker->config;
    const struct task_order *order = &slot->order;
    const struct transcode_listener listener = {on_line, on_tick, slot};
    const char *root = media_store_root(config->media);
    struct transcode_result result;
    char source[PATH_MAX];
    char folder[PATH_MAX];

    (void)snprintf(source, sizeof source, "%s/%s", root, order->source_path);
    (void)snprintf(folder, sizeof folder, "%s/%s", root, order->directory);
    begin_progress(slot);
    slot->reported_at_ms = clock_monotonic_ms();
    slot->fence_seen_at_ms = 0;
    slot->is_fenced_off = false;
    slot->is_out_of_room = !has_room(slot, false);
    if (slot->is_out_of_room) {
        report_result(slot, &(struct transcode_result){.end = TRANSCODE_STOPPED});
        return;
    }
    const struct transcode_command command = {
        .program = config->transcoder,
        .step = task_kind_name(order->task.kind),
        .source = order->task.kind == TASK_JOIN ? NULL : source,
        .folder = folder,
        .number = order->task.number,
        .is_sandboxed = config->is_sandboxed,
        .without_sound = task_args_read(order->args).without_sound,
    };
    transcode_run(&command, &listener, &result);
    report_result(slot, &result);
}

static void tell(struct slot *slot, int err)
{
    if (err && !slot->is_failing)
        log_warn("cannot take tasks, will retry", log_err(err),
                 log_str("redis", redis_sync_failure(slot->redis)));
    else if (!err && slot->is_failing)
        log_info("taking tasks again");
    slot->is_failing = err != 0;
}

static void *slot_main(void *arg)
{
    struct slot *slot = arg;

    while (!is_stopping(slot)) {
        const int err = task_stream_take(slot->redis, slot->name, TAKE_WAIT_MS, &slot->order);
        if (err == 0)
            run_order(slot);
        else if (err != ERR_AGAIN && !is_stopping(slot))
            sleep_ms(RETRY_MS);
        if (!is_stopping(slot))
            tell(slot, err == ERR_AGAIN ? 0 : err);
    }
    return NULL;
}

static int start_slot(struct worker *worker, size_t index)
{
    struct slot *slot = &worker->slots[index];

    slot->worker = worker;
    slot->index = index;
    slot->progress = buf_with_limit(TASK_EVENT_LINE_MAX_BYTES);
    (void)snprintf(slot->name, sizeof slot->name, "%s", worker->config.name);
    const int err = redis_sync_new(worker->config.redis_address, REDIS_TIMEOUT_MS, &slot->redis);
    if (err)
        return err;
    if (pthread_create(&slot->thread, NULL, slot_main, slot) != 0) {
        redis_sync_free(slot->redis);
        return ERR_NO_MEMORY;
    }
    (void)pthread_setname_np(slot->thread, "slot");
    worker->n_slots++;
    return 0;
}

int worker_start(const struct worker_config *config, struct worker **ret_worker)
{
    struct worker *worker = calloc(1, sizeof *worker + config->n_slots * sizeof worker->slots[0]);
    int err = 0;

    if (!worker)
        return ERR_NO_MEMORY;
    worker->config = *config;
    for (size_t i = 0; i < config->n_slots && !err; i++)
        err = start_slot(worker, i);
    if (err) {
        worker_stop(worker);
        return err;
    }
    *ret_worker = worker;
    return 0;
}

void worker_stop(struct worker *worker)
{
    if (!worker)
        return;
    atomic_store(&worker->is_stopping, true);
    for (size_t i = 0; i < worker->n_slots; i++) {
        (void)pthread_join(worker->slots[i].thread, NULL);
        redis_sync_free(worker->slots[i].redis);
        buf_clear(&worker->slots[i].progress);
    }
    free(worker);
}
