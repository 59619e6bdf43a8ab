// SPDX-License-Identifier: GPL-3.0-or-later
/* pools.h - the threads on which blocking work is done for the loops, by what it waits for. */
#ifndef SERVER_ROLES_POOLS_H
#define SERVER_ROLES_POOLS_H

#include "server/roles/reader_pool.h"

struct db;
struct work_pool;

/* All owned. */
struct pools {
    struct work_pool *database;       /* one thread; its context is the writer */
    struct work_pool *disks;          /* uploads: writing, syncing, removing */
    struct work_pool *cold_reads;     /* packages that are asked for */
    struct work_pool *hashers;        /* passwords */
    struct reader_pool readers;       /* of the database, for whoever signed in */
    struct reader_pool guest_readers; /* the same, for everybody else */
};

/* The writer is borrowed. Returns 0, or a failure of work_pool_start or reader_pool_start;
 * pools_stop() ends them either way. */
int pools_start(struct db *writer, const char *database_path, struct pools *pools);

/* Finishes what is queued. Takes pools of zeros, too. */
void pools_stop(struct pools *pools);

#endif
