// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/pools.h"

#include "common/work_pool.h"
#include "server/auth/attempts.h"

enum {
    DATABASE_QUEUE = 1024,
    DISK_THREADS = 2,
    DISK_QUEUE = 256,
    READER_THREADS = 2,
    GUEST_READER_THREADS = 1, /* a crowd of guests gets no more of the processor than this */
    READER_QUEUE = 256,       /* a fraction of a second of reads each */
    GUEST_READER_QUEUE = 128,
    COLD_READ_THREADS = 2,
    COLD_READ_QUEUE = 1024, /* behind it the loops read themselves */
    HASHER_THREADS = 2,     /* 19 MiB each while they work */
    /* Bounded by attempts.h, where more people signing in at once are asked to try again; the rest
     * is for accounts that are being made. */
    HASHER_QUEUE = ATTEMPTS_STRANGERS + ATTEMPTS_KNOWN + 16,
};

int pools_start(struct db *writer, const char *database_path, struct pools *pools)
{
    const struct work_pool_config database = {.name = "database",
                                              .n_threads = 1,
                                              .queue_length = DATABASE_QUEUE,
                                              .context = writer};
    const struct work_pool_config disks = {.name = "disk",
                                           .n_threads = DISK_THREADS,
                                           .queue_length = DISK_QUEUE};
    const struct work_pool_config cold_reads = {.name = "cold-read",
                                                .n_threads = COLD_READ_THREADS,
                                                .queue_length = COLD_READ_QUEUE};
    const struct work_pool_config hashers = {.name = "hasher",
                                             .n_threads = HASHER_THREADS,
                                             .queue_length = HASHER_QUEUE};

    int err = work_pool_start(&database, &pools->database);
    if (!err)
        err = work_pool_start(&disks, &pools->disks);
    if (!err)
        err = work_pool_start(&cold_reads, &pools->cold_reads);
    if (!err)
        err = work_pool_start(&hashers, &pools->hashers);
    if (!err)
        err = reader_pool_start("reader", READER_THREADS, READER_QUEUE, database_path,
                                &pools->readers);
    if (!err)
        err = reader_pool_start("guest-reader", GUEST_READER_THREADS, GUEST_READER_QUEUE,
                                database_path, &pools->guest_readers);
    return err;
}

void pools_stop(struct pools *pools)
{
    reader_pool_stop(&pools->guest_readers);
    reader_pool_stop(&pools->readers);
    work_pool_free(pools->hashers);
    work_pool_free(pools->cold_reads);
    work_pool_free(pools->disks);
    work_pool_free(pools->database);
}
