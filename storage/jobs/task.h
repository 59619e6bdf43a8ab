// SPDX-License-Identifier: GPL-3.0-or-later
/* task.h - a task as a value: one step of a job. Its name, with which issue of it, is shared by the
 * database (job_task.h), the stream (task_stream.h) and the workers. */
#ifndef STORAGE_JOBS_TASK_H
#define STORAGE_JOBS_TASK_H

#include <stdint.h>

#include "common/id.h"
#include "common/slice.h"

enum task_kind {
    TASK_PLAN,  /* number 0 */
    TASK_SOUND, /* number 0: all sound in one pass, in many parts */
    TASK_CHUNK, /* numbers 0 to n_chunks - 1, one part each */
    TASK_JOIN,  /* number 0 */
    N_TASK_KINDS
};

enum {
    TASK_MAX_NUMBER = 99999,
    TASK_WORKER_SIZE = 65, /* a worker's name: 1 to 64 printable ASCII characters */
};

struct task_ref {
    char job_id[ID_SIZE];
    enum task_kind kind;
    int64_t number;
    int64_t epoch; /* which issue: later issues of a job's tasks have larger epochs; from 1 */
};

/* "plan", "sound", "chunk", "join". */
const char *task_kind_name(enum task_kind kind);

/* Returns 0 or ERR_INVALID. */
int task_kind_from_name(struct slice name, enum task_kind *ret_kind);

/*           job_turn_issue       job_task_started        job_task_done, _planned
 *     WAITING ──────────▶ QUEUED ────────────────▶ RUNNING ────────────────▶ DONE
 *        ▲                  │ job_task_lost           │ job_task_expire_leases
 *        │                  │ job_task_requeue_queued │ job_task_released
 *        │                  │                         │ job_task_failed: to be tried again
 *        └──────────────────┴─────────────────────────┘
 *
 *     all but DONE ──▶ FAILED: with the whole job, when attempts or crashes are used up, when a
 *                      failure is final, or when the job is cancelled                         */
enum task_state {
    TASK_WAITING, /* to be issued, at not_before_ms (steady) at the earliest */
    TASK_QUEUED,  /* in the stream */
    TASK_RUNNING, /* a worker holds a lease */
    TASK_DONE,
    TASK_FAILED,
    N_TASK_STATES
};

struct task {
    struct task_ref ref;
    enum task_state state;
    int64_t attempts;       /* that ended without a result */
    int64_t crashes;        /* of those: the decoder died */
    int64_t lease_until_ms; /* steady */
    int64_t progress_permille;
    char worker[TASK_WORKER_SIZE]; /* who has it, or had it last; "" for nobody yet */
};

#endif
