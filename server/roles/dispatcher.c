// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/dispatcher.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/log.h"
#include "server/features/health/health.h"
#include "server/roles/core_thread.h"
#include "server/roles/db_call.h"
#include "server/roles/job_files.h"
#include "server/roles/tell_alarm.h"
#include "storage/jobs/job_task.h"
#include "storage/jobs/job_turn.h"
#include "storage/jobs/task_stream.h"
#include "storage/media/deleted_media.h"
#include "storage/media/media_store.h"
#include "storage/redis/redis_sync.h"
#include "storage/sqlite/db.h"

enum {
    REDIS_TIMEOUT_MS = 5000,
    EVENT_WAIT_MS = 300, /* for the next event: also how long a new task waits to be issued */
    EVENT_BATCH = 200,
    RETRY_MS = 2000,
    LEASE_CHECK_MS = 3000,
    LOST_ORDER_MS = TASK_LEASE_MS,
    CLOCK_SET_MS = 5000, /* between two checks */
    LOST_BATCH = 64,
    NO_ROOM_PAUSE_MS = 5000, /* of a task that a worker gave back because its disk is full */
    REWRITE_MS = 60000,      /* the same for the log of Redis */
    SHRINK_MS = 2000,        /* while room is short: between two times that the log is made small */
    SHORT_MIN_MS = 10000,    /* jobs wait at least so long for room, so that they do not flap */
    ARENA_LIMIT = 8 << 20,
};

struct dispatcher {
    struct media_store *media;   /* borrowed */
    struct work_pool *database;  /* borrowed */
    struct health *health;       /* borrowed */
    struct db *reader;           /* owned; the thread's */
    struct redis_sync *redis;    /* owned; the thread's */
    struct job_files *job_files; /* owned; the thread's */
    struct arena arena;          /* of one step */
    struct core_thread *thread;
    struct job_turn turn;
    bool is_first_read;      /* of the event stream by this process */
    bool must_restore;       /* what Redis has may not be what the database says */
    bool has_stream;         /* it was there: when it is gone, Redis has lost it */
    struct alarms *alarms;   /* borrowed */
    bool is_short;           /* of room on the disk */
    int64_t short_at_ms;     /* when that was last so; monotonic */
    int64_t next_rewrite_ms; /* of the log of Redis; monotonic */
    bool is_redis_local;
    int64_t next_shrink_ms; /* of the database's log; monotonic */
    int64_t next_check_ms;  /* of leases and lost orders; monotonic */
    struct job_now checked_at;
};

static struct job_now read_clocks(void)
{
    return (struct job_now){.wall_ms = clock_wall_ms(), .steady_ms = clock_monotonic_ms()};
}

/* What becomes of a task whose files the core cannot put where they belong: the job's trouble, not
 * everybody's. It is tried again, and in the end the job fails with a reason. */
static enum failure failure_of_files(int err)
{
    return err == ERR_NO_SPACE ? FAILURE_DISK_FULL : FAILURE_INTERNAL;
}

/* ---- issuing ---- */

static int requeue(struct db *db, void *arg)
{
    return job_task_requeue_queued(db, arg);
}

/* Whatever has failed, at whichever step: an order may be missing on the stream, or Redis may have
 * come back with older data. Everything that is not known to run is issued again, which makes void
 * what is on the stream, and who runs gets the fence back. */
static int restore_stream(struct dispatcher *d)
{
    struct task *running = NULL;
    int64_t n_requeued = 0;
    size_t n = 0;

    arena_reset(&d->arena);
    int err = db_call(d->database, requeue, &n_requeued);
    if (!err)
        err = job_task_list_running(d->reader, &d->arena, &running, &n);
    for (size_t i = 0; i < n && !err; i++)
        err = task_stream_set_fence(d->redis, &running[i].ref);
    if (!err)
        d->must_restore = false;
    return err;
}

struct issuing {
    struct arena *arena;
    struct job_turn *turn;
    struct task_issue *issues;
    size_t n;
};

static int issue(struct db *db, void *arg)
{
    struct issuing *issuing = arg;
    int64_t n_running = 0;

    const int err = job_task_count(db, TASK_RUNNING, &n_running);
    return err ? err
               : job_turn_issue(db, job_turn_ahead(n_running), clock_monotonic_ms(), issuing->turn,
                                issuing->arena, &issuing->issues, &issuing->n);
}

struct unplaced {
    const struct task_ref *task;
    int err;
};

static int fail_unplaced(struct db *db, void *arg)
{
    const struct unplaced *unplaced = arg;
    const struct job_now now = read_clocks();

    return job_task_failed(db, unplaced->task, failure_of_files(unplaced->err), false, &now);
}

static int place_order(struct dispatcher *d, const struct task_issue *issued,
                       struct task_order *order)
{
    media_path_source(issued->source_sha256, order->source_path);
    if (issued->ref.kind == TASK_PLAN) {
        media_path_job(issued->ref.job_id, order->directory);
        return media_store_make_job_dir(d->media, issued->ref.job_id);
    }
    media_path_package(issued->package_id, order->directory);
    return 0;
}

static int enqueue(struct dispatcher *d, const struct task_issue *issued)
{
    struct task_order order = {.task = issued->ref,
                               .floor_bytes = (int64_t)media_store_floor_bytes(d->media)};
    struct unplaced unplaced = {.task = &issued->ref};

    unplaced.err = place_order(d, issued, &order);
    if (unplaced.err) {
        log_error("cannot make a job's folder", log_str("job", issued->ref.job_id),
                  log_err(unplaced.err));
        const int err = db_call(d->database, fail_unplaced, &unplaced);
        return err == ERR_CONFLICT ? 0 : err; /* the job has ended meanwhile */
    }
    const int err = task_stream_enqueue(d->redis, &order);
    if (!err)
        log_info("task issued", log_str("job", issued->ref.job_id),
                 log_str("task", task_kind_name(issued->ref.kind)),
                 log_int("number", issued->ref.number), log_int("epoch", issued->ref.epoch));
    return err;
}

static void tell_room(struct dispatcher *d)
{
    const int64_t floor_bytes = (int64_t)media_store_floor_bytes(d->media);
    uint64_t free_bytes = 0;

    (void)media_store_all_free_bytes(d->media, &free_bytes);
    if (d->is_short)
        log_warn("jobs wait: the disk has too little free space, make room",
                 log_int("free_bytes", (int64_t)free_bytes), log_int("floor_bytes", floor_bytes),
                 log_int("needed_bytes",
                         (int64_t)media_store_room_bytes((uint64_t)floor_bytes) + floor_bytes));
    else
        log_info("jobs go on: the disk has free space again",
                 log_int("free_bytes", (int64_t)free_bytes));
}

static int shrink_log(struct db *db, void *arg)
{
    (void)arg;
    return db_shrink_log(db);
}

/* Of the Redis on this disk alone: it goes on meanwhile, and drops what it wrote twice. */
static void rewrite_redis_log(struct dispatcher *d, int64_t now_ms)
{
    CLEANUP(redis_reply_free) struct redisReply *reply = NULL;
    struct redis_args args;

    if (!d->is_redis_local || now_ms < d->next_rewrite_ms)
        return;
    d->next_rewrite_ms = now_ms + REWRITE_MS;
    redis_args_init(&args);
    redis_args_add_text(&args, "BGREWRITEAOF");
    (void)redis_sync_call(d->redis, &args, 0, &reply);
}

/* What people send is accepted while jobs wait: the logs of SQLite and Redis are kept from taking
 * the room. */
static void save_room(struct dispatcher *d)
{
    const int64_t now_ms = clock_monotonic_ms();

    rewrite_redis_log(d, now_ms);
    if (now_ms < d->next_shrink_ms)
        return;
    d->next_shrink_ms = now_ms + SHRINK_MS;
    (void)db_call(d->database, shrink_log, NULL);
}

/* Looks at the disk, and tells when that changes something. */
static bool has_room(struct dispatcher *d)
{
    const int64_t now_ms = clock_monotonic_ms();
    const bool was_short = d->is_short;

    if (!media_store_has_room(d->media, media_store_floor_bytes(d->media), false)) {
        d->is_short = true;
        d->short_at_ms = now_ms;
    } else if (now_ms - d->short_at_ms >= SHORT_MIN_MS) {
        d->is_short = false;
    }
    if (d->is_short != was_short) {
        atomic_store(&d->health->is_short_of_room, d->is_short);
        tell_room(d);
    }
    if (d->is_short)
        save_room(d);
    return !d->is_short;
}

static int issue_tasks(struct dispatcher *d)
{
    struct issuing issuing = {.arena = &d->arena, .turn = &d->turn};

    arena_reset(&d->arena);
    if (!has_room(d))
        return 0;
    int err = db_call(d->database, issue, &issuing);
    for (size_t i = 0; i < issuing.n && !err; i++)
        err = enqueue(d, &issuing.issues[i]);
    return err;
}

/* ---- what workers report ---- */

/* Applies one report; returns ERR_CONFLICT or ERR_NOT_FOUND when it comes too late. */
static int apply(struct db *db, const struct task_report *report, const char *package_id)
{
    const struct task_event *event = &report->event;
    const struct task_ref *task = &report->task;
    const struct job_now now = read_clocks();
    const int64_t lease_until_ms = now.steady_ms + TASK_LEASE_MS;
    struct task_plan plan = {.n_chunks = event->n_chunks,
                             .n_sounds = event->n_sounds,
                             .duration_us = event->duration_us,
                             .package_id = package_id};

    switch (event->kind) {
    case TASK_EVENT_STARTED:
        return job_task_started(db, task, report->worker, lease_until_ms, now.wall_ms);
    case TASK_EVENT_PROGRESS:
        return job_task_renew(db, task, event->permille, event->speed_permille, lease_until_ms);
    case TASK_EVENT_PLANNED:
        return job_task_planned(db, task, &plan, now.wall_ms);
    case TASK_EVENT_PART:
        return job_task_part_done(db, task, event->number);
    case TASK_EVENT_WARNING:
        return job_task_warned(db, task, event->failure);
    case TASK_EVENT_DONE:
        /* a plan ended when it was planned: this says nothing new */
        return task->kind == TASK_PLAN ? 0 : job_task_done(db, task, now.wall_ms);
    case TASK_EVENT_FAILED:
        return job_task_failed(db, task, event->failure, event->is_crash, &now);
    case TASK_EVENT_RELEASED:
        return job_task_released(db, task,
                                 event->failure == FAILURE_NONE ? 0
                                                                : now.steady_ms + NO_ROOM_PAUSE_MS);
    case N_TASK_EVENTS:
        break;
    }
    return 0;
}

struct applying {
    const struct task_report *reports;
    size_t n;
    char (*package_ids)[PACKAGE_ID_SIZE]; /* one per report; "" unless planned */
    int *place_errs;                      /* one per report: why a plan has no package's folder */
    int *results;                         /* one per report */
};

/* Refused: it comes too late, or says what no worker says. It would be refused for ever. */
static bool is_refusal(int err)
{
    return err == ERR_CONFLICT || err == ERR_NOT_FOUND || err == ERR_INVALID;
}

/* All reports of a batch are durable with one write. */
static int apply_all(struct db *db, void *arg)
{
    const struct applying *a = arg;
    CLEANUP(db_rollback) struct db *open = NULL;
    int err = db_begin(db, &open);

    for (size_t i = 0; i < a->n && !err; i++) {
        struct unplaced unplaced = {.task = &a->reports[i].task, .err = a->place_errs[i]};
        a->results[i] = unplaced.err ? fail_unplaced(db, &unplaced)
                                     : apply(db, &a->reports[i], a->package_ids[i]);
        if (!is_refusal(a->results[i]))
            err = a->results[i];
        else if (a->package_ids[i][0]) /* it was made for a job that has ended meanwhile */
            err = deleted_media_note(db, MEDIA_PACKAGES, a->package_ids[i]);
    }
    return err ? err : db_commit(&open);
}

static void log_report(const struct task_report *report)
{
    const struct task_event *event = &report->event;
    const struct log_field job = log_str("job", report->task.job_id);
    const struct log_field task = log_str("task", task_kind_name(report->task.kind));
    const struct log_field number = log_int("number", report->task.number);

    if (event->kind == TASK_EVENT_FAILED)
        log_warn("task failed", job, task, number, log_str("code", failure_code(event->failure)),
                 log_str("detail", event->detail), log_bool("crash", event->is_crash));
    else if (event->kind == TASK_EVENT_RELEASED && event->failure != FAILURE_NONE)
        log_info("task put back until the disk has room", job, task, number,
                 log_str("worker", report->worker));
    else if (event->kind == TASK_EVENT_DONE)
        log_info("task done", job, task, number, log_str("worker", report->worker));
    else if (event->kind == TASK_EVENT_STARTED)
        log_info("task started", job, task, number, log_str("worker", report->worker));
}

/* A source that was put into quarantine is not to be decoded a second longer, whichever lecture's
 * workers are at it. Whoever is not reached is told by the next report. */
static void stop_quarantined(struct dispatcher *d, const char *job_id)
{
    struct task *stopped = NULL;
    size_t n = 0;

    if (job_task_list_stopped(d->reader, job_id, &d->arena, &stopped, &n))
        return;
    for (size_t i = 0; i < n; i++)
        (void)task_stream_fence_off(d->redis, &stopped[i].ref);
}

/* What follows once the batch is committed: files, logs, and stopping workers that came too late.
 */
static void follow_up(struct dispatcher *d, const struct applying *a)
{
    for (size_t i = 0; i < a->n; i++) {
        const struct task_report *report = &a->reports[i];
        if (a->place_errs[i] && a->results[i] == 0) {
            log_error("cannot give a plan its package's folder",
                      log_str("job", report->task.job_id), log_err(a->place_errs[i]));
        } else if (a->results[i] == 0) {
            log_report(report);
            job_files_note(d->job_files, report);
            if (report->event.is_crash)
                stop_quarantined(d, report->task.job_id);
        } else if (report->event.kind != TASK_EVENT_DONE) {
            (void)task_stream_fence_off(d->redis, &report->task);
        }
    }
    job_files_update(d->job_files, d->reader, d->database);
}

static int apply_reports(struct dispatcher *d, const struct task_report *reports, size_t n)
{
    struct applying a = {.reports = reports, .n = n};

    a.package_ids = arena_alloc(&d->arena, n * sizeof a.package_ids[0]);
    a.place_errs = arena_alloc(&d->arena, n * sizeof a.place_errs[0]);
    a.results = arena_alloc(&d->arena, n * sizeof a.results[0]);
    if (!a.package_ids || !a.place_errs || !a.results)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        if (reports[i].event.kind == TASK_EVENT_PLANNED)
            a.place_errs[i] = job_files_place_package(d->media, d->reader, reports[i].task.job_id,
                                                      a.package_ids[i]);
    }
    int err = db_call(d->database, apply_all, &a);
    if (err)
        return err;
    follow_up(d, &a);
    return task_stream_ack_reports(d->redis, reports, n);
}

/* *ret_n: how many there were. Does not wait for any while something is to be restored. */
static int take_reports(struct dispatcher *d, size_t *ret_n)
{
    const int64_t wait_ms = d->must_restore ? 0 : EVENT_WAIT_MS;
    struct task_report *reports = NULL;

    arena_reset(&d->arena);
    const int err = task_stream_reports(d->redis, EVENT_BATCH, wait_ms, &d->is_first_read,
                                        &d->arena, &reports, ret_n);
    if (err == ERR_CONFLICT) {
        if (d->has_stream) /* else it is a new Redis */
            log_warn("Redis has lost its data: tasks are issued again");
        d->has_stream = false;
        d->must_restore = true;
        return 0;
    }
    if (!err || err == ERR_AGAIN)
        d->has_stream = true;
    if (err == ERR_AGAIN)
        return 0;
    return err ? err : apply_reports(d, reports, *ret_n);
}

/* Reports go first: they tell which orders did arrive and are not to be given again. */
static int move_jobs(struct dispatcher *d)
{
    size_t n_reports = 0;
    int err = take_reports(d, &n_reports);

    if (!err && d->must_restore && n_reports == 0)
        err = restore_stream(d);
    return err || d->must_restore ? err : issue_tasks(d);
}

/* ---- what nobody reports any more ---- */

struct expiring {
    struct arena *arena;
    struct task_ref *lost;
    size_t n_lost;
    struct task *expired;
    size_t n_expired;
};

static int expire(struct db *db, void *arg)
{
    struct expiring *e = arg;
    const struct job_now now = read_clocks();

    for (size_t i = 0; i < e->n_lost; i++) {
        const int err = job_task_lost(db, &e->lost[i], &now);
        if (err && err != ERR_CONFLICT && err != ERR_NOT_FOUND)
            return err;
    }
    return job_task_expire_leases(db, &now, e->arena, &e->expired, &e->n_expired);
}

/* Redis tells by its wall clock how long ago an order was taken. When that clock is set, it may
 * find one that was lost never, or one that was taken just now: everything is issued again instead.
 */
static bool was_clock_set(struct dispatcher *d)
{
    const struct job_now now = read_clocks();
    const int64_t drift_ms =
        (now.wall_ms - d->checked_at.wall_ms) - (now.steady_ms - d->checked_at.steady_ms);
    const bool is_first = d->checked_at.steady_ms == 0;

    d->checked_at = now;
    return !is_first && (drift_ms > CLOCK_SET_MS || drift_ms < -CLOCK_SET_MS);
}

static int check_leases(struct dispatcher *d)
{
    struct expiring e = {.arena = &d->arena};
    int err = 0;

    arena_reset(&d->arena);
    if (was_clock_set(d)) {
        log_warn("the wall clock was set: tasks that do not run are issued again");
        d->must_restore = true;
    } else {
        err = task_stream_lost(d->redis, LOST_ORDER_MS, LOST_BATCH, &d->arena, &e.lost, &e.n_lost);
    }
    if (err == ERR_AGAIN || err == ERR_CONFLICT)
        err = 0;
    if (!err)
        err = db_call(d->database, expire, &e);
    for (size_t i = 0; i < e.n_expired && !err; i++)
        log_warn("a worker's lease has ended", log_str("job", e.expired[i].ref.job_id),
                 log_str("task", task_kind_name(e.expired[i].ref.kind)),
                 log_int("number", e.expired[i].ref.number),
                 log_str("worker", e.expired[i].worker));
    return err;
}

/* What is queued stays queued meanwhile: somebody has to be told why. */
static void tell(struct dispatcher *d, int err)
{
    char text[ALARM_TEXT_SIZE];

    (void)snprintf(text, sizeof text, "Jobs do not move forward, it is tried again: %s (Redis: %s)",
                   err_text(err), redis_sync_failure(d->redis));
    tell_alarm(d->alarms, ALARM_JOBS, err ? text : NULL);
}

static uint32_t dispatcher_round(void *arg)
{
    struct dispatcher *d = arg;
    int err = move_jobs(d);

    if (!err && clock_monotonic_ms() >= d->next_check_ms) {
        err = check_leases(d);
        d->next_check_ms = clock_monotonic_ms() + LEASE_CHECK_MS;
        job_files_tidy(d->job_files, d->reader);
    }
    if (err) {
        d->is_first_read = true; /* what was taken and not acknowledged comes again */
        d->must_restore = true;
    }
    tell(d, err);
    return err ? RETRY_MS : 0;
}

static void interrupt(void *arg)
{
    const struct dispatcher *d = arg;

    redis_sync_interrupt(d->redis);
}

/* ---- start and stop ---- */

static int requeue_local(struct db *db, void *arg)
{
    const int err = job_task_requeue_worker(db, LOCAL_WORKER_NAME, arg);

    return err ? err : job_task_begin_time(db, clock_monotonic_ms() + TASK_LEASE_MS);
}

static void dispatcher_free(struct dispatcher *d)
{
    job_files_free(d->job_files);
    redis_sync_free(d->redis);
    db_free(d->reader);
    arena_clear(&d->arena);
    free(d);
}

static int prepare(struct dispatcher *d, const struct dispatcher_config *config)
{
    int64_t n_requeued = 0;
    int err = db_open_reader(config->database_path, &d->reader);

    if (!err)
        err = redis_sync_new(config->redis_address, REDIS_TIMEOUT_MS, &d->redis);
    if (!err)
        err = job_files_new(d->media, &d->job_files);
    if (!err)
        err = db_call(d->database, requeue_local, &n_requeued);
    if (!err)
        err = job_files_restore(d->job_files, d->reader);
    if (!err && n_requeued > 0)
        log_info("tasks of the last run are issued again", log_int("n", n_requeued));
    return err;
}

int dispatcher_start(const struct dispatcher_config *config, struct dispatcher **ret_dispatcher)
{
    struct dispatcher *d = calloc(1, sizeof *d);

    if (!d)
        return ERR_NO_MEMORY;
    d->media = config->media;
    d->database = config->database;
    d->health = config->health;
    d->is_redis_local = strncmp(config->redis_address, "unix:", 5) == 0;
    d->alarms = config->alarms;
    d->arena = arena_with_limit(ARENA_LIMIT);
    d->is_first_read = true;
    d->must_restore = true;
    int err = prepare(d, config);
    if (!err) {
        const struct core_thread_config thread = {.name = "dispatcher",
                                                  .round = dispatcher_round,
                                                  .interrupt = interrupt,
                                                  .arg = d};
        err = core_thread_start(&thread, &d->thread);
    }
    if (err) {
        dispatcher_free(d);
        return err;
    }
    *ret_dispatcher = d;
    return 0;
}

void dispatcher_stop(struct dispatcher *d)
{
    if (!d)
        return;
    core_thread_stop(d->thread);
    dispatcher_free(d);
}
