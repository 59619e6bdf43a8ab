// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/load_sampler.h"

#include <stdlib.h>

#include "common/clock.h"
#include "common/err.h"
#include "server/http/counters.h"
#include "server/load/load.h"
#include "server/roles/core_thread.h"
#include "server/routes/health.h"
#include "storage/db.h"
#include "storage/hot_viewers.h"
#include "storage/job_store.h"
#include "storage/job_task.h"
#include "storage/media_store.h"
#include "storage/redis_sync.h"

enum { REDIS_TIMEOUT_MS = 2000 };

struct load_sampler {
    struct load_sampler_config config;
    struct db *reader;        /* owned; the thread's */
    struct redis_sync *redis; /* owned; the thread's */
    struct core_thread *thread;
};

static void read_tasks(struct load_sampler *s, struct load_reading *reading)
{
    int64_t counts[N_TASK_STATES];

    reading->tasks_waiting = -1;
    reading->tasks_running = -1;
    reading->jobs_failed = -1;
    if (job_task_count(s->reader, counts) == 0) {
        reading->tasks_waiting = counts[TASK_WAITING] + counts[TASK_QUEUED];
        reading->tasks_running = counts[TASK_RUNNING];
    }
    (void)job_store_count_failed(s->reader, &reading->jobs_failed);
}

static uint32_t sampler_round(void *arg)
{
    struct load_sampler *s = arg;
    struct load_reading reading = {.monotonic_ms = clock_monotonic_ms(),
                                   .wall_ms = clock_wall_ms(),
                                   .viewers = -1};

    http_server_counters(s->config.http, HTTP_ALL_LOOPS, &reading.http);
    reading.is_redis_ready = hot_viewers_count(s->redis, reading.wall_ms, &reading.viewers) == 0;
    reading.is_worker_running = atomic_load(&s->config.health->is_worker_running);
    (void)media_store_free_bytes(s->config.media, &reading.disk_free_bytes);
    read_tasks(s, &reading);
    load_update(s->config.load, &reading);
    return LOAD_INTERVAL_MS;
}

static void interrupt(void *arg)
{
    const struct load_sampler *s = arg;

    redis_sync_interrupt(s->redis);
}

static void sampler_free(struct load_sampler *s)
{
    redis_sync_free(s->redis);
    db_free(s->reader);
    free(s);
}

int load_sampler_start(const struct load_sampler_config *config, struct load_sampler **ret_sampler)
{
    struct load_sampler *s = calloc(1, sizeof *s);

    if (!s)
        return ERR_NO_MEMORY;
    s->config = *config;
    int err = db_open_reader(config->database_path, &s->reader);
    if (!err)
        err = redis_sync_new(config->redis_address, REDIS_TIMEOUT_MS, &s->redis);
    if (!err) {
        const struct core_thread_config thread = {.name = "load",
                                                  .round = sampler_round,
                                                  .interrupt = interrupt,
                                                  .arg = s};
        err = core_thread_start(&thread, &s->thread);
    }
    if (err) {
        sampler_free(s);
        return err;
    }
    *ret_sampler = s;
    return 0;
}

void load_sampler_stop(struct load_sampler *s)
{
    if (!s)
        return;
    core_thread_stop(s->thread);
    sampler_free(s);
}
