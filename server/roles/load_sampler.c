// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/load_sampler.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "common/clock.h"
#include "common/err.h"
#include "server/auth/user_store.h"
#include "server/features/health/health.h"
#include "server/http/loop/counters.h"
#include "server/http/server.h"
#include "server/load/load.h"
#include "server/roles/core_thread.h"
#include "server/roles/tell_alarm.h"
#include "storage/hot/hot_viewers.h"
#include "storage/jobs/job_store.h"
#include "storage/jobs/job_task.h"
#include "storage/media/media_store.h"
#include "storage/redis/redis_health.h"
#include "storage/redis/redis_sync.h"
#include "storage/sqlite/db.h"

enum { REDIS_TIMEOUT_MS = 2000 };

struct load_sampler {
    struct load_sampler_config config;
    char data_path[PATH_MAX];
    int64_t started_wall_s;
    struct db *reader;        /* owned; the thread's */
    struct redis_sync *redis; /* owned; the thread's */
    struct core_thread *thread;
    bool has_failed_before; /* failed_before is filled */
    int64_t failed_before[N_FAILURES];
    uint64_t failed[N_FAILURES]; /* since the start */
};

/* Jobs that have failed since the last look: those that were retried or deleted do not count back.
 */
static void count_failed(struct load_sampler *s, struct load_reading *reading)
{
    int64_t now[N_FAILURES];

    if (job_store_count_failed_by(s->reader, now) == 0) {
        for (size_t i = 0; i < N_FAILURES; i++) {
            if (s->has_failed_before && now[i] > s->failed_before[i])
                s->failed[i] += (uint64_t)(now[i] - s->failed_before[i]);
            s->failed_before[i] = now[i];
        }
        s->has_failed_before = true;
    }
    memcpy(reading->jobs_failed_by, s->failed, sizeof s->failed);
}

static void read_disks(const struct load_sampler *s, struct load_reading *reading)
{
    for (unsigned i = 0; i < N_LOAD_FOLDERS; i++) {
        char path[PATH_MAX + 16];
        struct statvfs disk;
        (void)snprintf(path, sizeof path, "%s/%s", s->data_path,
                       i == FOLDER_DATA ? "" : load_folder_name(i));
        reading->disk_free_of[i] =
            statvfs(path, &disk) == 0 ? (int64_t)(disk.f_bavail * disk.f_frsize) : -1;
    }
}

/* Near its memory's end: told before writes are refused, while there is time. */
static void tell_memory(const struct load_sampler *s, const struct redis_health *redis)
{
    struct alarms *alarms = load_alarms(s->config.load);
    char text[ALARM_TEXT_SIZE];

    if (redis->used_bytes < 0)
        return;
    (void)snprintf(text, sizeof text,
                   "Redis uses more than 80 %% of the memory that it may (%" PRId64
                   " bytes): beyond it nothing that learners watch is kept. Raise "
                   "redis_max_bytes, or maxmemory of a Redis of your own.",
                   redis->max_bytes);
    tell_alarm(alarms, ALARM_REDIS_MEMORY,
               redis->max_bytes > 0 && redis->used_bytes / 4 >= redis->max_bytes / 5 ? text : NULL);
    (void)snprintf(text, sizeof text,
                   "Redis has maxmemory-policy %s: it may throw away progress that was "
                   "acknowledged. Set it to noeviction.",
                   redis->policy);
    tell_alarm(alarms, ALARM_REDIS_EVICTS, redis_health_evicts(redis) ? text : NULL);
}

static void read_redis(struct load_sampler *s, struct load_reading *reading)
{
    char text[ALARM_TEXT_SIZE];
    struct redis_health redis;

    redis_health_read(s->redis, &redis);
    (void)snprintf(text, sizeof text, "Redis %s", redis.problem);
    tell_alarm(load_alarms(s->config.load), ALARM_REDIS, redis.problem[0] ? text : NULL);
    tell_memory(s, &redis);
    reading->is_redis_ready = !redis.problem[0];
    reading->redis_used_bytes = redis.used_bytes;
    reading->redis_max_bytes = redis.max_bytes;
    reading->n_dirty = redis.n_dirty;
    (void)hot_viewers_count(s->redis, reading->wall_ms, &reading->viewers);
}

static void read_readiness(struct load_sampler *s, struct load_reading *reading)
{
    struct health *health = s->config.health;
    int64_t n_users;

    reading->is_worker_running = atomic_load(&health->is_worker_running);
    reading->is_short_of_room = atomic_load(&health->is_short_of_room);
    for (size_t i = 0; i < N_MEDIA_FOLDERS; i++) {
        reading->n_unknown += atomic_load(&health->unknown[i].n);
        reading->unknown_bytes += atomic_load(&health->unknown[i].bytes);
    }
    reading->is_ready[PART_DATABASE] =
        user_store_count(s->reader, &n_users) == 0 && atomic_load(&health->write_err) == 0;
    reading->is_ready[PART_REDIS] = reading->is_redis_ready;
    reading->is_ready[PART_DISK] = reading->disk_free_bytes > 0 && !reading->is_short_of_room;
    reading->is_ready[PART_WORKER] =
        reading->is_worker_running || !atomic_load(&health->is_worker_expected);
    reading->is_ready[PART_SERVER] = !atomic_load(&health->is_stopping);
}

static void read_tasks(struct load_sampler *s, struct load_reading *reading)
{
    int64_t n_waiting = 0, n_queued = 0;

    reading->tasks_waiting = -1;
    reading->tasks_running = -1;
    reading->jobs_failed = -1;
    if (job_task_count(s->reader, TASK_WAITING, &n_waiting) == 0 &&
        job_task_count(s->reader, TASK_QUEUED, &n_queued) == 0)
        reading->tasks_waiting = n_waiting + n_queued;
    (void)job_task_count(s->reader, TASK_RUNNING, &reading->tasks_running);
    (void)job_store_count_failed(s->reader, &reading->jobs_failed);
}

static uint32_t sampler_round(void *arg)
{
    struct load_sampler *s = arg;
    struct load_reading reading = {.monotonic_ms = clock_monotonic_ms(),
                                   .wall_ms = clock_wall_ms(),
                                   .viewers = -1,
                                   .tls_expires_s = http_server_tls_expires_s(s->config.http),
                                   .started_wall_s = s->started_wall_s};
    const int64_t drained_at_ms = atomic_load(&s->config.health->drained_at_ms);

    http_server_counters(s->config.http, HTTP_ALL_LOOPS, &reading.http);
    (void)media_store_free_bytes(s->config.media, &reading.disk_free_bytes);
    read_redis(s, &reading);
    read_readiness(s, &reading);
    read_disks(s, &reading);
    count_failed(s, &reading);
    process_reading_take(&reading.process);
    reading.drain_lag_s =
        drained_at_ms ? (double)(clock_monotonic_ms() - drained_at_ms) / 1000.0 : -1;
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
    s->started_wall_s = clock_wall_ms() / 1000;
    (void)snprintf(s->data_path, sizeof s->data_path, "%s", config->data_path);
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
