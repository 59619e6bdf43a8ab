// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/drain.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/arena.h"
#include "common/clock.h"
#include "common/err.h"
#include "server/features/health/health.h"
#include "server/roles/core_thread.h"
#include "server/roles/db_call.h"
#include "server/roles/tell_alarm.h"
#include "storage/hot/progress_drain.h"
#include "storage/redis/redis_sync.h"

enum {
    REDIS_TIMEOUT_MS = 5000,
    ARENA_LIMIT = 64 << 20, /* PROGRESS_MERGE_MAX bitmaps of a day each and their keys */
};

struct drain {
    struct work_pool *database; /* borrowed */
    struct redis_sync *redis;   /* owned; the thread's */
    struct arena arena;         /* of one batch */
    struct core_thread *thread;
    struct health *health; /* borrowed */
    struct alarms *alarms; /* borrowed */
};

struct batch {
    struct progress *progress;
    size_t n;
};

static int merge(struct db *db, void *arg)
{
    const struct batch *batch = arg;

    return progress_store_merge_many(db, batch->progress, batch->n, clock_wall_ms());
}

/* One batch: take, merge, drop. Stores how many pairs it had. */
static int drain_batch(struct drain *d, size_t *ret_n)
{
    struct batch batch = {0};

    arena_reset(&d->arena);
    int err =
        progress_drain_take(d->redis, PROGRESS_MERGE_MAX, &d->arena, &batch.progress, &batch.n);
    if (!err && batch.n > 0)
        err = db_call(d->database, merge, &batch);
    if (!err && batch.n > 0)
        err = progress_drain_drop(d->redis, batch.progress, batch.n);
    if (!err)
        *ret_n = batch.n;
    return err;
}

static void tell(struct drain *d, int err)
{
    char text[ALARM_TEXT_SIZE];

    (void)snprintf(text, sizeof text,
                   "Watch progress does not reach the database, it is tried again: %s (Redis: %s)",
                   err_text(err), redis_sync_failure(d->redis));
    tell_alarm(d->alarms, ALARM_DRAIN, err ? text : NULL);
}

static uint32_t drain_round(void *arg)
{
    struct drain *d = arg;
    size_t n = 0;

    const int err = drain_batch(d, &n);
    tell(d, err);
    if (!err && n < PROGRESS_MERGE_MAX)
        atomic_store(&d->health->drained_at_ms, clock_monotonic_ms());
    return !err && n == PROGRESS_MERGE_MAX ? 0 : DRAIN_INTERVAL_MS;
}

static void drain_free(struct drain *d)
{
    redis_sync_free(d->redis);
    arena_clear(&d->arena);
    free(d);
}

int drain_start(const char *redis_address, struct work_pool *database, struct health *health,
                struct alarms *alarms, struct drain **ret_drain)
{
    struct drain *d = calloc(1, sizeof *d);
    int err;

    if (!d)
        return ERR_NO_MEMORY;
    d->database = database;
    d->health = health;
    d->alarms = alarms;
    d->arena = arena_with_limit(ARENA_LIMIT);
    err = redis_sync_new(redis_address, REDIS_TIMEOUT_MS, &d->redis);
    if (!err) {
        const struct core_thread_config config = {.name = "drain", .round = drain_round, .arg = d};
        err = core_thread_start(&config, &d->thread);
    }
    if (err) {
        drain_free(d);
        return err;
    }
    *ret_drain = d;
    return 0;
}

void drain_stop(struct drain *d)
{
    size_t n = 1;

    if (!d)
        return;
    core_thread_stop(d->thread);
    while (n > 0 && drain_batch(d, &n) == 0)
        continue;
    drain_free(d);
}
