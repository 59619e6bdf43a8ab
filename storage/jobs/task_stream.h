// SPDX-License-Identifier: GPL-3.0-or-later
/* task_stream.h - tasks to the workers and their reports back, over two Redis streams.
 *
 *     core ──enqueue──▶ "tasks", group "workers" ──take──▶ worker
 *     core ◀──events─── "events", group "core" ◀──publish── worker
 *
 * An entry is delivered to one worker; taking it checks its fence, reports "started" and
 * acknowledges it, in one atomic step. From then on the lease in SQLite watches over the task, not
 * the stream. What a worker took without getting to that step shows up in task_stream_lost.
 * The fence of a task, `task:JOB:KIND:NUMBER`, holds its current epoch: a worker whose epoch is
 * another one stops. The fence saves work only; SQLite decides (job_store.h).
 *
 * Nothing here is precious: when Redis lost its data, the groups are made anew on first use, the
 * core is told (ERR_CONFLICT of task_stream_reports) and issues everything again from SQLite. All
 * functions block and fail as redis_sync_call does. */
#ifndef STORAGE_JOBS_TASK_STREAM_H
#define STORAGE_JOBS_TASK_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/package/task_event.h"
#include "storage/jobs/task.h"

struct redis_sync;

enum {
    TASK_PATH_SIZE = 128,
    TASK_ARGS_SIZE = 513,
    TASK_STREAM_CAP = 10000,   /* the core issues far fewer at a time */
    EVENT_STREAM_CAP = 100000, /* some hours of reports while no core runs; leases cover a loss */
    TASK_FENCE_TTL_S = 7 * 24 * 3600,
};

/* Paths are relative to the media root, which workers on other hosts mount elsewhere. */
struct task_order {
    struct task_ref task;
    char source_path[TASK_PATH_SIZE];
    char directory[TASK_PATH_SIZE]; /* the job's for a plan, else the package's */
    char args[TASK_ARGS_SIZE];      /* for the transcoder, JSON; may be "" */
    int64_t floor_bytes;            /* of free space that the task leaves in the media store */
};

/* What a worker says of a task. What task_stream_reports hands out is within the ranges of
 * job_task.h. */
struct task_report {
    char entry_id[48]; /* of the stream; for task_stream_ack_reports */
    struct task_ref task;
    char worker[TASK_WORKER_SIZE];
    struct task_event event;
};

/* Core: sets the fence to the order's epoch and puts the order on the stream, atomically.
 * Also ERR_TOO_LARGE when TASK_STREAM_CAP orders wait. On any failure the task is QUEUED in SQLite
 * without an order: call job_task_requeue_queued. */
int task_stream_enqueue(struct redis_sync *redis, const struct task_order *order);

/* Core: puts a fence back (epoch of *task), or fences this issue of the task off: its worker stops
 * at its next heartbeat, and an order that still waits is dropped when it is taken. A later issue
 * is not touched. */
int task_stream_set_fence(struct redis_sync *redis, const struct task_ref *task);
int task_stream_fence_off(struct redis_sync *redis, const struct task_ref *task);

/* Worker: takes the next order; waits for one up to block_ms (0: not at all). Orders that were
 * fenced off are skipped. The "started" event is on its way when this returns.
 * Returns 0, ERR_AGAIN when there is none. */
int task_stream_take(struct redis_sync *redis, const char *worker, int64_t block_ms,
                     struct task_order *ret_order);

/* Worker, at each heartbeat: 0 when the task is still this epoch's, also when Redis has lost its
 * fence; ERR_CANCELLED when it is not: stop, and report nothing. */
int task_stream_check_fence(struct redis_sync *redis, const struct task_ref *task);

/* Worker: reports a line of task_event.h, as it is. A report of a task that was fenced off is
 * dropped: ERR_CANCELLED. When it fails otherwise, try again: reports count once. */
int task_stream_publish(struct redis_sync *redis, const struct task_ref *task, const char *worker,
                        struct slice line);

/* Core: the next reports in order, at most `limit`. Waits up to block_ms (0: not at all) for one.
 * While *is_replay is true, these are reports that were delivered before and not acknowledged: set
 * it before the first call of a process, and when a commit failed; it becomes false when none is
 * left. Acknowledge what came before the next call. Entries that are not of our form are
 * acknowledged and passed over. The array is in the arena.
 * Returns 0, ERR_AGAIN when there is none, or ERR_CONFLICT when Redis had lost its data: the groups
 * are there again, empty; call job_task_requeue_queued, put back the fences of running tasks, and
 * go on. After ERR_UNAVAILABLE do the same: Redis may have come back with older data. */
int task_stream_reports(struct redis_sync *redis, size_t limit, int64_t block_ms, bool *is_replay,
                        struct arena *arena, struct task_report **ret_reports, size_t *ret_n);

/* Core: after its commit. */
int task_stream_ack_reports(struct redis_sync *redis, const struct task_report *reports, size_t n);

/* Core, now and then: orders that a worker took min_idle_ms ago and never started, at most `limit`;
 * they leave the stream: report each with job_task_lost. Also forgets workers that have not been
 * seen for a day. The array is in the arena. */
int task_stream_lost(struct redis_sync *redis, int64_t min_idle_ms, size_t limit,
                     struct arena *arena, struct task_ref **ret_tasks, size_t *ret_n);

#endif
