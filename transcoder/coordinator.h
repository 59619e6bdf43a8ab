// SPDX-License-Identifier: GPL-3.0-or-later
/* coordinator.h - runs tasks in boxed child processes and never looks at media itself.
 *
 * It forks a child for each task, gives it files, hands on what it says, kills it when it is silent
 * for too long, and says how it ended. One thread, one poll(2) loop.
 *
 * The states of a whole run (other commands are one task and have one state, MAKING):
 *
 *     PLANNING ──plan done──▶ MAKING ──sound and all chunks done──▶ JOINING ──join done──▶ ENDED
 *         └────────────────────┴───────── a task failed ─────────────┴───────────────────────▲
 *                                         (task_failed kills the others) */
#ifndef TRANSCODER_COORDINATOR_H
#define TRANSCODER_COORDINATOR_H

#include <stdint.h>

#include "transcoder/cli.h"

struct coordinator_config {
    const struct command *command; /* borrowed */
    int source_fd;                 /* borrowed; -1: none */
    int64_t source_bytes;
    int dir_fd; /* borrowed; -1: none */
};

/* Runs the command to its end and reports on standard output. Returns the exit status: 0 or 1. */
int coordinator_run(const struct coordinator_config *config);

#endif
