// SPDX-License-Identifier: GPL-3.0-or-later
/* children.h - the child processes of banmai serve, kept alive: a private redis-server and a
 * worker.
 *
 *     RUNNING ──it ended──▶ WAITING ──pause──▶ RUNNING
 *
 * The pause doubles from 0.2 s to 10 s while a child keeps ending, and starts over when it has run
 * for a minute. Main thread only. */
#ifndef SERVER_ROLES_CHILDREN_H
#define SERVER_ROLES_CHILDREN_H

#include <stdbool.h>

#include "common/buf.h"
#include "server/features/health/health.h"
#include "server/roles/data_dir.h"

struct children; /* opaque */
struct alarms;
struct event_base;
struct worker_argv;

struct children_config {
    struct event_base *base;          /* borrowed: the main thread's */
    const struct data_dir *dir;       /* borrowed */
    struct health *health;            /* borrowed */
    struct alarms *alarms;            /* borrowed */
    bool has_redis;                   /* run a private redis-server */
    uint64_t redis_max_bytes;         /* of it; 0: the default */
    const struct worker_argv *worker; /* run this worker; NULL: none. Borrowed */
};

/* Starts the private Redis, if any, and waits until it answers; the worker comes later. One that
 * cannot run now (a full disk) is tried again later and keeps nobody from serving what is there.
 * Returns 0 and children that children_free() ends, or a failure with one line in *message. */
int children_start(const struct children_config *config, struct children **ret_children,
                   struct buf *message);

/* Starts the worker, if any. */
void children_start_worker(struct children *children);

/* Lets the worker stop its programs and end. */
void children_stop_worker(struct children *children);

/* Ends Redis and frees. NULL is allowed. */
void children_free(struct children *children);

#endif
