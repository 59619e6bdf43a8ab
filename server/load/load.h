// SPDX-License-Identifier: GPL-3.0-or-later
/* load.h - the streaming load: a reading every few seconds, and the rates between two of them.
 *
 * One thread takes readings (roles/load_sampler.c); loops show the latest. Rates are differences of
 * counters over the time between, so they are true for that time and never negative. */
#ifndef SERVER_LOAD_LOAD_H
#define SERVER_LOAD_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "server/http/counters.h"

/* What was found at one moment. */
struct load_reading {
    int64_t monotonic_ms;
    int64_t wall_ms;
    struct http_counters http; /* since the start */
    int64_t viewers;           /* watch sessions with a beat in the last 30 s; -1 unknown */
    int64_t tasks_waiting;     /* of transcoding; -1 unknown */
    int64_t tasks_running;
    int64_t jobs_failed;
    uint64_t disk_free_bytes; /* above the floor that uploads must leave */
    bool is_redis_ready;
    bool is_worker_running;
};

/* The latest reading and what it says beside the one before. */
struct load_view {
    struct load_reading reading;
    int64_t uptime_s;
    double requests_per_s;
    double egress_bps;
    double ingress_bps;
};

struct load; /* opaque; any thread */

int load_new(int64_t started_ms, struct load **ret_load);
void load_free(struct load *load);
DEFINE_CLEANUP(load_free, struct load *)

void load_update(struct load *load, const struct load_reading *reading);

/* All zero until the first reading. */
void load_view(struct load *load, struct load_view *ret_view);

/* What two readings say. Pure; `before` may have monotonic_ms 0: then the rates are 0. */
void load_derive(const struct load_reading *before, const struct load_reading *now,
                 int64_t started_ms, struct load_view *ret_view);

#endif
