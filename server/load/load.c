// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/load/load.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "common/err.h"

struct load {
    pthread_mutex_t lock;
    int64_t started_ms;
    struct alarms alarms;
    _Atomic uint64_t beats_refused[N_BEAT_REFUSALS];
    struct load_reading before;
    struct load_reading now;
};

int load_new(int64_t started_ms, struct load **ret_load)
{
    struct load *load = calloc(1, sizeof *load);

    if (!load)
        return ERR_NO_MEMORY;
    (void)pthread_mutex_init(&load->lock, NULL);
    alarms_init(&load->alarms);
    load->started_ms = started_ms;
    *ret_load = load;
    return 0;
}

void load_free(struct load *load)
{
    if (!load)
        return;
    (void)pthread_mutex_destroy(&load->lock);
    free(load);
}

void load_update(struct load *load, const struct load_reading *reading)
{
    (void)pthread_mutex_lock(&load->lock);
    load->before = load->now;
    load->now = *reading;
    (void)pthread_mutex_unlock(&load->lock);
}

/* Growth of a counter per second. */
static double rate(const struct load_reading *before, const struct load_reading *now,
                   enum http_counter counter)
{
    const int64_t ms = now->monotonic_ms - before->monotonic_ms;
    const uint64_t grown = now->http.values[counter] - before->http.values[counter];

    if (before->monotonic_ms == 0 || ms <= 0)
        return 0;
    return (double)grown * 1000.0 / (double)ms;
}

void load_derive(const struct load_reading *before, const struct load_reading *now,
                 int64_t started_ms, struct load_view *ret_view)
{
    *ret_view = (struct load_view){
        .reading = *now,
        .uptime_s = now->monotonic_ms ? (now->monotonic_ms - started_ms) / 1000 : 0,
        .requests_per_s = rate(before, now, HTTP_COUNT_REQUESTS),
        .egress_bps = 8 * rate(before, now, HTTP_COUNT_BYTES_OUT),
        .ingress_bps = 8 * rate(before, now, HTTP_COUNT_BYTES_IN),
    };
}

void load_view(struct load *load, struct load_view *ret_view)
{
    (void)pthread_mutex_lock(&load->lock);
    const struct load_reading before = load->before;
    const struct load_reading now = load->now;
    (void)pthread_mutex_unlock(&load->lock);
    load_derive(&before, &now, load->started_ms, ret_view);
    for (size_t i = 0; i < N_BEAT_REFUSALS; i++)
        ret_view->reading.beats_refused[i] =
            atomic_load_explicit(&load->beats_refused[i], memory_order_relaxed);
    struct alarm_state alarms[N_ALARMS];
    alarms_read(&load->alarms, alarms);
    for (size_t i = 0; i < N_ALARMS; i++)
        ret_view->reading.is_alarm[i] = alarms[i].since_ms != 0;
}

struct alarms *load_alarms(struct load *load)
{
    return &load->alarms;
}

void load_count_refused_beat(struct load *load, enum beat_refusal refusal)
{
    (void)atomic_fetch_add_explicit(&load->beats_refused[refusal], 1, memory_order_relaxed);
}

const char *load_part_name(unsigned part)
{
    static const char *const NAMES[N_LOAD_PARTS] = {"database", "redis", "disk", "worker",
                                                    "server"};
    return NAMES[part];
}

const char *load_folder_name(unsigned folder)
{
    static const char *const NAMES[N_LOAD_FOLDERS] = {"data", "uploads", "media", "redis"};

    return NAMES[folder];
}

const char *load_kind_name(unsigned kind)
{
    static const char *const NAMES[N_LOAD_KINDS] = {"other", "playlist", "segment", "api", "page"};

    return NAMES[kind];
}

const char *load_refusal_name(unsigned refusal)
{
    static const char *const NAMES[N_BEAT_REFUSALS] = {"other", "malformed", "unknown-lecture",
                                                       "too-soon", "not-stored"};
    return NAMES[refusal];
}

const char *load_failure_name(unsigned failure)
{
    return failure == FAILURE_NONE ? "none" : failure_code((enum failure)failure);
}

const char *load_alarm_name(unsigned kind)
{
    return alarm_name((enum alarm_kind)kind);
}
