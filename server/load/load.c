// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/load/load.h"

#include <pthread.h>
#include <stdlib.h>

#include "common/err.h"

struct load {
    pthread_mutex_t lock;
    int64_t started_ms;
    struct load_reading before;
    struct load_reading now;
};

int load_new(int64_t started_ms, struct load **ret_load)
{
    struct load *load = calloc(1, sizeof *load);

    if (!load)
        return ERR_NO_MEMORY;
    (void)pthread_mutex_init(&load->lock, NULL);
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
}
