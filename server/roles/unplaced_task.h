// SPDX-License-Identifier: GPL-3.0-or-later
/* unplaced_task.h - a task whose files the core cannot put where they belong: the job's trouble,
 * not everybody's. It is tried again, and in the end the job fails with a reason. */
#ifndef SERVER_ROLES_UNPLACED_TASK_H
#define SERVER_ROLES_UNPLACED_TASK_H

struct db;
struct task_ref;

struct unplaced_task {
    const struct task_ref *task;
    int err; /* why */
};

/* For db_call: arg is a struct unplaced_task. Returns what job_task_failed does. */
int unplaced_task_fail(struct db *db, void *arg);

#endif
