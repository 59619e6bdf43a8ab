// SPDX-License-Identifier: GPL-3.0-or-later
/* job.h - the making of a package as a value: job_store.h keeps it, job_task.h moves it on. */
#ifndef STORAGE_JOBS_JOB_H
#define STORAGE_JOBS_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "common/id.h"
#include "common/package/failure.h"
#include "common/package/package.h"
#include "common/package/warning.h"
#include "storage/jobs/task.h"

/*     upload_store_finish      job_task_started       job_task_done of the join
 *     ───────────────────▶ QUEUED ─────────▶ RUNNING ──────────────────────▶ DONE
 *                           ▲  └─────┬─────────┘
 *                           │        ├── job_store_cancel ──▶ CANCELLED ──┐
 *                           │        └── a task failed ─────▶ FAILED ─────┤
 *                           └─────────────── job_store_retry ─────────────┘          */
enum job_state { JOB_QUEUED, JOB_RUNNING, JOB_DONE, JOB_FAILED, JOB_CANCELLED, N_JOB_STATES };

enum {
    JOB_WARNINGS_SIZE = 4097,
    JOB_MAX_WARNINGS = WARNING_LIST_MAX,
    JOB_TASK_MAX_ATTEMPTS = 3, /* of one task: a fault of the machine should be over by then */
    JOB_MAX_CRASHES = 2,       /* of one source, in all its jobs together: it is to blame */
};

struct job {
    char id[ID_SIZE];
    char lecture_id[ID_SIZE];
    enum job_state state;
    enum task_kind stage;      /* what is being done, or was at the end */
    int64_t progress_permille; /* of the whole job; never goes back within an attempt */
    int64_t speed_permille;    /* of all workers together; 1000: as fast as the lecture plays */
    int64_t eta_s;             /* -1 when unknown */
    int64_t n_chunks;          /* 0 until planned */
    int64_t n_sounds;          /* audio renditions; 0 until planned, or silent */
    int64_t duration_us;       /* 0 until planned */
    char package_id[PACKAGE_ID_SIZE];         /* "" until planned first; kept when started over */
    enum failure failure;                     /* FAILURE_NONE unless FAILED or CANCELLED */
    char failure_detail[WARNING_DETAIL_SIZE]; /* what it is about: a codec; "" for nothing */
    char warnings[JOB_WARNINGS_SIZE];         /* JSON array of warning.h's objects, each once */
    int64_t attempts_by_hand;                 /* job_store_retry calls */
    int64_t created_at_ms;
    int64_t started_at_ms;  /* 0 until a worker started */
    int64_t finished_at_ms; /* 0 until it ended */
    bool is_playable;       /* its growing package has picture and sound, if the source does */
};

/* "queued", "running", "done", "failed", "cancelled": in the API and in the table. */
const char *job_state_name(enum job_state state);

#endif
