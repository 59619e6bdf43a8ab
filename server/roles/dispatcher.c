// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/dispatcher.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/log.h"
#include "server/roles/core_thread.h"
#include "server/roles/db_call.h"
#include "server/roles/job_clocks.h"
#include "server/roles/job_files.h"
#include "server/roles/report_batch.h"
#include "server/roles/room_watch.h"
#include "server/roles/tell_alarm.h"
#include "server/roles/unplaced_task.h"
#include "storage/jobs/job_task.h"
#include "storage/jobs/job_turn.h"
#include "storage/jobs/task_args.h"
#include "storage/jobs/task_stream.h"
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
    CLOCK_SET_MS = 5000,         /* between two checks */
    AWAY_MS = TASK_LEASE_MS / 2, /* between two checks */
    LOST_BATCH = 64,
    ARENA_LIMIT = 8 << 20,
};

struct dispatcher {
    struct media_store *media;   /* borrowed */
    struct work_pool *database;  /* borrowed */
    struct db *reader;           /* owned; the thread's */
    struct redis_sync *redis;    /* owned; the thread's */
    struct job_files *job_files; /* owned; the thread's */
    struct arena arena;          /* of one step */
    struct core_thread *thread;
    struct job_turn turn;
    bool is_first_read;    /* of the event stream by this process */
    bool must_restore;     /* what Redis has may not be what the database says */
    bool has_stream;       /* it was there: when it is gone, Redis has lost it */
    struct alarms *alarms; /* borrowed */
    struct room_watch room;
    int64_t next_check_ms; /* of leases and lost orders; monotonic */
    struct job_now checked_at;
};

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

static int place_order(struct dispatcher *d, const struct task_issue *issued,
                       struct task_order *order)
{
    media_path_source(issued->source_sha256, order->source_path);
    if (issued->ref.kind == TASK_PLAN) {
        task_args_write(&(struct task_args){.without_sound = issued->without_sound}, order->args);
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
    struct unplaced_task unplaced = {.task = &issued->ref};

    unplaced.err = place_order(d, issued, &order);
    if (unplaced.err) {
        log_error("cannot make a job's folder", log_str("job", issued->ref.job_id),
                  log_err(unplaced.err));
        const int err = db_call(d->database, unplaced_task_fail, &unplaced);
        return err == ERR_CONFLICT ? 0 : err; /* the job has ended meanwhile */
    }
    const int err = task_stream_enqueue(d->redis, &order);
    if (!err)
        log_info("task issued", log_str("job", issued->ref.job_id),
                 log_str("task", task_kind_name(issued->ref.kind)),
                 log_int("number", issued->ref.number), log_int("epoch", issued->ref.epoch));
    return err;
}

static int issue_tasks(struct dispatcher *d)
{
    struct issuing issuing = {.arena = &d->arena, .turn = &d->turn};

    arena_reset(&d->arena);
    if (!room_watch_look(&d->room, d->redis))
        return 0;
    int err = db_call(d->database, issue, &issuing);
    for (size_t i = 0; i < issuing.n && !err; i++)
        err = enqueue(d, &issuing.issues[i]);
    return err;
}

/* ---- what workers report ---- */

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
    if (err)
        return err;
    const struct report_batch batch = {.reports = reports,
                                       .n = *ret_n,
                                       .media = d->media,
                                       .database = d->database,
                                       .reader = d->reader,
                                       .redis = d->redis,
                                       .job_files = d->job_files,
                                       .arena = &d->arena};
    return report_batch_apply(&batch);
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
    const struct job_now now = job_clocks();

    for (size_t i = 0; i < e->n_lost; i++) {
        const int err = job_task_lost(db, &e->lost[i], &now);
        if (err && err != ERR_CONFLICT && err != ERR_NOT_FOUND)
            return err;
    }
    return job_task_expire_leases(db, &now, e->arena, &e->expired, &e->n_expired);
}

static bool was_clock_set(struct dispatcher *d)
{
    const struct job_now now = job_clocks();
    const int64_t drift_ms =
        (now.wall_ms - d->checked_at.wall_ms) - (now.steady_ms - d->checked_at.steady_ms);
    const bool is_first = d->checked_at.steady_ms == 0;

    d->checked_at = now;
    return !is_first && (drift_ms > CLOCK_SET_MS || drift_ms < -CLOCK_SET_MS);
}

/* Redis tells by its wall clock how long ago an order was taken. When that clock is set, also while
 * Redis looks, it may find one that was lost never, or one that was taken just now: everything is
 * issued again instead. */
static int find_lost(struct dispatcher *d, struct expiring *e)
{
    bool was_set = was_clock_set(d);
    int err = 0;

    if (!was_set) {
        err =
            task_stream_lost(d->redis, LOST_ORDER_MS, LOST_BATCH, &d->arena, &e->lost, &e->n_lost);
        was_set = was_clock_set(d);
    }
    if (was_set) {
        log_warn("the wall clock was set: tasks that do not run are issued again");
        e->n_lost = 0;
        d->must_restore = true;
    }
    return err == ERR_AGAIN || err == ERR_CONFLICT ? 0 : err;
}

static int begin_leases(struct db *db, void *arg)
{
    (void)arg;
    return job_task_begin_time(db, clock_monotonic_ms() + TASK_LEASE_MS);
}

/* Whether nobody looked for as long as workers are heard of many times: the machine stood still, or
 * Redis was away. Then no worker is to blame for its silence. */
static bool was_away(const struct dispatcher *d)
{
    const int64_t before_ms = d->checked_at.steady_ms;

    return before_ms > 0 && clock_monotonic_ms() - before_ms > AWAY_MS;
}

static int check_leases(struct dispatcher *d)
{
    struct expiring e = {.arena = &d->arena};

    arena_reset(&d->arena);
    if (was_away(d)) {
        log_warn("nobody looked at leases for a while: all leases begin anew");
        d->checked_at = job_clocks();
        d->must_restore = true;
        return db_call(d->database, begin_leases, NULL);
    }
    int err = find_lost(d, &e);
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
    d->room = (struct room_watch){
        .media = config->media,
        .database = config->database,
        .health = config->health,
        .is_redis_local = strncmp(config->redis_address, "unix:", 5) == 0,
    };
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
