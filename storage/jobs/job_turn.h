// SPDX-License-Identifier: GPL-3.0-or-later
/* job_turn.h - whose task is next. job_task.h has the tasks themselves. */
#ifndef STORAGE_JOBS_JOB_TURN_H
#define STORAGE_JOBS_JOB_TURN_H

#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "storage/jobs/job_task.h"

/* What a worker needs to know of an issued task. */
struct task_issue {
    struct task_ref ref; /* with the new epoch */
    char lecture_id[ID_SIZE];
    char source_sha256[SHA256_HEX_SIZE];
    char package_id[PACKAGE_ID_SIZE]; /* "" for the plan */
    bool without_sound;               /* the plan leaves the sound of a picture out */
};

enum {
    JOB_BEGUN_MAX = 64, /* lectures of one owner that are being made at a time */
};

/* Whose turn was the last one; "" at first. */
struct job_turn {
    char owner_id[ID_SIZE];
};

/* WAITING tasks become QUEUED, as long as fewer than max_queued are. Owners of lectures take turns,
 * a task each: one who comes waits at most for one task of every other owner that has any, however
 * many those have. An owner's lectures that are being made go before those that are not yet, in the
 * order in which they came: sound, chunks by number, join. The cost is that of a few seeks for each
 * owner and each task issued, however many jobs wait.
 * The caller puts the tasks on the stream; if it cannot, or dies, job_task_requeue_queued follows.
 * The array is in the arena; *turn changes only on success. */
int job_turn_issue(struct db *db, size_t max_queued, int64_t steady_ms, struct job_turn *turn,
                   struct arena *arena, struct task_issue **ret_issues, size_t *ret_n);

/* How many tasks may be QUEUED while so many run: what is on the stream goes out in the order in
 * which it came, so that little should be there; and slots should never find it empty. */
size_t job_turn_ahead(int64_t n_running);

#endif
