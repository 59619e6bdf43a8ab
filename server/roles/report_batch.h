// SPDX-License-Identifier: GPL-3.0-or-later
/* report_batch.h - what workers report, brought into the database, and what follows from it. The
 * dispatcher's thread only.
 *
 *     plans get a folder ─▶ all reports, one transaction ─▶ files, logs, fences ─▶ acknowledged
 */
#ifndef SERVER_ROLES_REPORT_BATCH_H
#define SERVER_ROLES_REPORT_BATCH_H

#include <stddef.h>

struct arena;
struct db;
struct job_files;
struct media_store;
struct redis_sync;
struct task_report;
struct work_pool;

/* All is borrowed. */
struct report_batch {
    const struct task_report *reports;
    size_t n;
    struct media_store *media;
    struct work_pool *database; /* its context is the writer */
    struct db *reader;
    struct redis_sync *redis;
    struct job_files *job_files;
    struct arena *arena;
};

/* A report that comes too late is passed over, and its worker stopped. Returns 0, or a failure
 * after which nothing was acknowledged: the reports come again. */
int report_batch_apply(const struct report_batch *batch);

#endif
