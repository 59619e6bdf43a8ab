// SPDX-License-Identifier: GPL-3.0-or-later
/* reader_pool.h - threads that read the database for the loops, each with a read-only connection of
 * its own. */
#ifndef SERVER_ROLES_READER_POOL_H
#define SERVER_ROLES_READER_POOL_H

#include <stddef.h>

struct db;
struct work_pool;

enum { READER_POOL_MAX_THREADS = 8 };

struct reader_pool {
    struct work_pool *pool;                      /* owned; contexts: the connections */
    struct db *readers[READER_POOL_MAX_THREADS]; /* owned */
};

/* Returns 0, or a failure of db_open_reader or work_pool_start; reader_pool_stop() ends it either
 * way. n_threads: 1 to READER_POOL_MAX_THREADS. */
int reader_pool_start(const char *name, size_t n_threads, size_t queue_length,
                      const char *database_path, struct reader_pool *pool);

/* Finishes what is queued. Takes one that was never started, too. */
void reader_pool_stop(struct reader_pool *pool);

#endif
