// SPDX-License-Identifier: GPL-3.0-or-later
/* worker.h - the role that turns tasks into parts: one thread per slot, each with a connection to
 * Redis of its own, taking a task, running banmai-transcode on it and reporting. Needs nothing but
 * Redis and the media store: as many hosts as there are may run one. */
#ifndef SERVER_ROLES_WORKER_H
#define SERVER_ROLES_WORKER_H

#include <stdbool.h>
#include <stddef.h>

struct media_store;
struct worker; /* opaque */

struct worker_config {
    const char *redis_address; /* borrowed, as all below, as long as the worker */
    const char *name;          /* 1 to 60 printable ASCII characters */
    const char *transcoder;    /* path of banmai-transcode */
    const struct media_store *media;
    size_t n_slots; /* 1 to 256 */
    bool is_sandboxed;
};

/* Returns 0 and a worker that worker_stop() ends, or ERR_INVALID, ERR_NO_MEMORY. */
int worker_start(const struct worker_config *config, struct worker **ret_worker);

/* Stops the programs under way, gives their tasks back, and ends the slots: takes a second or two.
 * NULL is allowed. */
void worker_stop(struct worker *worker);

#endif
