// SPDX-License-Identifier: GPL-3.0-or-later
/* task_event.h - what becomes of a task, one JSON object a line. banmai-transcode writes such lines
 * on its standard output, the worker relays them over Redis and adds its own, the core reads them:
 * one encoding, from the box to the database. Pure.
 *
 *     {"event":"started"}                                               the worker
 *     {"event":"progress","stage":"chunk","permille":500,"speed_permille":3200}
 *     {"event":"planned","n_chunks":3,"n_sounds":1,"duration_us":145520000}
 *     {"event":"part","kind":"chunk","number":3}
 *     {"event":"warning","code":"E_GAP","from_us":1,"until_us":2}       warning.h has the members
 *     {"event":"done"}
 *     {"event":"failed","code":"E_NOT_MEDIA","detail":"…"}              and "signal", "crash"
 *     {"event":"released"}                                              the worker; and "code"
 *
 * The program is boxed and may have been taken over by a hostile file: nothing in a line is trusted
 * beyond its form. Members that are not named here are passed over. */
#ifndef COMMON_PACKAGE_TASK_EVENT_H
#define COMMON_PACKAGE_TASK_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/package/failure.h"
#include "common/package/warning.h"
#include "common/slice.h"

enum {
    TASK_EVENT_LINE_MAX_BYTES = 4096,
    TASK_EVENT_MAX_CHUNKS = 10000,
    TASK_EVENT_MAX_SOUNDS = 32,
    TASK_EVENT_MAX_PARTS = 99999,
    TASK_EVENT_DETAIL_SIZE = 257,
};

enum task_event_kind {
    TASK_EVENT_STARTED,
    TASK_EVENT_PROGRESS, /* also the heartbeat: renews the lease */
    TASK_EVENT_PLANNED,
    TASK_EVENT_PART,
    TASK_EVENT_WARNING,
    TASK_EVENT_DONE,
    TASK_EVENT_FAILED,
    TASK_EVENT_RELEASED, /* the worker is being stopped, or has no room */
    N_TASK_EVENTS
};

/* Members that a kind does not have are 0 or "". */
struct task_event {
    enum task_event_kind kind;
    char stage[8];                       /* PROGRESS: for people */
    int64_t permille;                    /* PROGRESS: of this task, 0 to 1000 */
    int64_t speed_permille;              /* PROGRESS: 1000 is as fast as the lecture plays */
    int64_t n_chunks;                    /* PLANNED */
    int64_t n_sounds;                    /* PLANNED; with n_chunks at least 1 */
    int64_t duration_us;                 /* PLANNED, >= 1 */
    char part_kind[8];                   /* PART: "sound" or "chunk" */
    int64_t number;                      /* PART: of its kind */
    struct warning warning;              /* WARNING */
    enum failure failure;                /* FAILED; RELEASED: FAILURE_DISK_FULL or none */
    char detail[TASK_EVENT_DETAIL_SIZE]; /* FAILED: technical words, plain UTF-8 */
    int64_t signal;                      /* FAILED: the one that killed the boxed process, or 0 */
    bool is_crash;                       /* FAILED: the source killed its decoder */
};

/* Appends the line without its end; the buffer's error sticks as usual. */
void task_event_write(const struct task_event *event, struct buf *line);

/* Returns 0, or ERR_INVALID for a line that is not of the form. */
int task_event_parse(struct slice line, struct task_event *ret_event);

#endif
