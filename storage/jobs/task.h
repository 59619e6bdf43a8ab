// SPDX-License-Identifier: GPL-3.0-or-later
/* task.h - the name of a task: one step of a job, and which issue of it. Shared by the database
 * (job_store.h), the stream (task_stream.h) and the workers. */
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

#endif
