// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/reader_pool.h"

#include "common/err.h"
#include "common/work_pool.h"
#include "storage/sqlite/db.h"

int reader_pool_start(const char *name, size_t n_threads, size_t queue_length,
                      const char *database_path, struct reader_pool *pool)
{
    void *contexts[READER_POOL_MAX_THREADS];
    const struct work_pool_config config = {.name = name,
                                            .n_threads = n_threads,
                                            .queue_length = queue_length,
                                            .contexts = contexts};

    if (n_threads > READER_POOL_MAX_THREADS)
        return ERR_INVALID;
    for (size_t i = 0; i < n_threads; i++) {
        const int err = db_open_reader(database_path, &pool->readers[i]);
        if (err)
            return err;
        contexts[i] = pool->readers[i];
    }
    return work_pool_start(&config, &pool->pool);
}

void reader_pool_stop(struct reader_pool *pool)
{
    work_pool_free(pool->pool);
    for (size_t i = 0; i < READER_POOL_MAX_THREADS; i++)
        db_free(pool->readers[i]);
    *pool = (struct reader_pool){0};
}
