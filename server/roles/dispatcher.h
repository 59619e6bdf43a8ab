// SPDX-License-Identifier: GPL-3.0-or-later
/* dispatcher.h - the core's thread that moves jobs forward.
 *
 *     SQLite ──issue──▶ Redis "tasks" ──▶ workers
 *     SQLite ◀──apply── Redis "events" ◀──┘
 *
 * SQLite is the truth; the streams only carry messages. What a worker reports is applied in one
 * transaction and then acknowledged. A report that comes too late is refused by its epoch, and its
 * task fenced off so that the worker stops.
 *
 * Nothing is issued while the media store has no room above its floor; workers give back what they
 * have then, which counts as no attempt, and it is issued again when there is room. */
#ifndef SERVER_ROLES_DISPATCHER_H
#define SERVER_ROLES_DISPATCHER_H

#include <stdint.h>

struct dispatcher; /* opaque */
struct health;
struct media_store;
struct alarms;
struct work_pool;

struct dispatcher_config {
    const char *database_path;  /* copied */
    const char *redis_address;  /* copied */
    struct media_store *media;  /* borrowed */
    struct work_pool *database; /* borrowed */
    struct health *health;      /* borrowed; told whether jobs wait for room on the disk */
    struct alarms *alarms;      /* borrowed */
};

enum {
    TASK_LEASE_MS = 30000, /* a worker reports at least every 2 s; this is many missed reports */
    TIDY_AFTER_MS = 10 * 60 * 1000, /* players may still ask for parts by an older index */
};

/* Name of the worker that is a child of this server: when the server starts, it is known to have
 * died with the last one, and what it was doing is issued again at once. */
#define LOCAL_WORKER_NAME "local"

/* Returns 0 and a dispatcher that dispatcher_stop() ends, or why not. */
int dispatcher_start(const struct dispatcher_config *config, struct dispatcher **ret_dispatcher);

/* Finishes the round under way. NULL is allowed. */
void dispatcher_stop(struct dispatcher *dispatcher);

#endif
