// SPDX-License-Identifier: GPL-3.0-or-later
/* task_args.h - what an order says to the transcoder beyond the task, as JSON. Pure.
 *
 *     {"without_sound":true}      of a plan; "" for nothing */
#ifndef STORAGE_JOBS_TASK_ARGS_H
#define STORAGE_JOBS_TASK_ARGS_H

#include <stdbool.h>

#include "storage/jobs/task_stream.h"

struct task_args {
    bool without_sound;
};

void task_args_write(const struct task_args *args, char text[TASK_ARGS_SIZE]);

/* Members that are not known, and what is no object, are nothing. */
struct task_args task_args_read(const char *text);

#endif
