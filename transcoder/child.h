// SPDX-License-Identifier: GPL-3.0-or-later
/* child.h - one task in one boxed process, seen from the coordinator. */
#ifndef TRANSCODER_CHILD_H
#define TRANSCODER_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/package/failure.h"
#include "common/watchdog.h"
#include "transcoder/broker.h"
#include "transcoder/fault.h"
#include "transcoder/message.h"

struct task {
    enum stage stage;
    uint32_t number;     /* of the chunk */
    bool with_playlists; /* join: for a static web server */
};

struct child_config {
    int source_fd; /* -1: none */
    int64_t source_bytes;
    int dir_fd; /* -1: none */
    bool is_unsafe;
    bool with_v1800;    /* plan: a rung for halls and projectors too */
    bool with_av1;      /* plan: each rung in AV1 too */
    bool without_sound; /* plan: leave the sound of a picture out */
};

struct child {
    pid_t pid;  /* 0: there is none */
    int socket; /* the coordinator's end of the link, does not block */
    struct task task;
    uint32_t n_crashes; /* of this task before */
    struct broker broker;
    struct watchdog watchdog;
    int64_t n_events; /* that it caused, bounded */
    int64_t permille;
    int64_t done_us;
    bool is_done;       /* it said so */
    struct fault fault; /* what it said, FAILURE_NONE before */
};

/* Forks a process that locks itself in and does the task. Returns 0, ERR_NO_MEMORY or ERR_IO. */
int child_start(struct child *child, const struct task *task, const struct child_config *config);

/* Kills the process if it lives, waits for it, closes the link, removes what it did not publish.
 * Returns the signal that ended it, 0 when none did. */
int child_end(struct child *child);

#endif
