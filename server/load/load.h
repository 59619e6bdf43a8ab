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
#include "common/package/failure.h"
#include "server/http/loop/counters.h"
#include "server/load/alarms.h"
#include "server/load/process_reading.h"

/* What /readyz has a line for. */
enum load_part { PART_DATABASE, PART_REDIS, PART_DISK, PART_WORKER, PART_SERVER, N_LOAD_PARTS };

/* What lies where it may have a disk of its own. */
enum load_folder { FOLDER_DATA, FOLDER_UPLOADS, FOLDER_MEDIA, FOLDER_REDIS, N_LOAD_FOLDERS };

/* Kinds of routes, as the engine counts latencies by them. */
enum load_kind { KIND_OTHER, KIND_PLAYLIST, KIND_SEGMENT, KIND_API, KIND_PAGE, N_LOAD_KINDS };
_Static_assert((int)N_LOAD_KINDS == (int)HTTP_N_KINDS, "the engine counts each kind");

/* Why a heartbeat was not counted. */
enum beat_refusal {
    BEAT_REFUSED_OTHER,
    BEAT_REFUSED_MALFORMED,
    BEAT_REFUSED_UNKNOWN,
    BEAT_REFUSED_TOO_SOON,
    BEAT_REFUSED_REDIS,
    N_BEAT_REFUSALS
};

enum { N_LOAD_FAILURES = N_FAILURES };

/* Names of the above: in metrics, and "malformed" as the API tells it. Static. */
const char *load_part_name(unsigned part);
const char *load_folder_name(unsigned folder);
const char *load_kind_name(unsigned kind);
const char *load_refusal_name(unsigned refusal);
const char *load_failure_name(unsigned failure);
const char *load_alarm_name(unsigned kind);

/* What was found at one moment. */
struct load_reading {
    int64_t monotonic_ms;
    int64_t wall_ms;
    struct http_counters http; /* since the start */
    int64_t viewers;           /* people with a beat in the last 30 s; -1 unknown */
    int64_t tasks_waiting;     /* of transcoding; -1 unknown */
    int64_t tasks_running;
    int64_t jobs_failed;
    uint64_t disk_free_bytes;             /* above the floor that uploads must leave */
    int64_t disk_free_of[N_LOAD_FOLDERS]; /* all of it; -1 unknown */
    int64_t redis_used_bytes;             /* -1 unknown, as below */
    int64_t redis_max_bytes;
    int64_t n_unknown; /* things in the media store that the database does not know */
    int64_t unknown_bytes;
    int64_t n_dirty;       /* pairs of learner and lecture that are not drained */
    double drain_lag_s;    /* negative: unknown */
    int64_t tls_expires_s; /* Unix time; -1 without TLS */
    int64_t started_wall_s;
    uint64_t jobs_failed_by[N_LOAD_FAILURES]; /* since the start */
    uint64_t beats_refused[N_BEAT_REFUSALS];  /* the same; filled by load_view() */
    struct process_reading process;
    bool is_ready[N_LOAD_PARTS];
    bool is_alarm[N_ALARMS]; /* filled by load_view() */
    bool is_short_of_room;   /* jobs wait for free space on the disk */
    bool is_redis_ready;     /* answers, and takes writes */
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

/* What waits for an admin. Lives as long as the load. */
struct alarms *load_alarms(struct load *load);

void load_count_refused_beat(struct load *load, enum beat_refusal refusal);

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
