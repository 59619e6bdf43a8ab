// SPDX-License-Identifier: GPL-3.0-or-later
/* pass_list.h - what the tasks of a picture are. Pure.
 *
 * A lecture is gone through in passes, each in chunks. The first pass makes the H.264 ladder: its
 * rungs share decoding and scaling. Each further one makes one AV1 rung, which takes many times as
 * long to encode as to decode, and as much memory as all of H.264. Tasks are counted through: those
 * of the first pass have the numbers of their chunks, so that a lecture can be watched as soon as
 * those are done. */
#ifndef TRANSCODER_PLAN_PASS_LIST_H
#define TRANSCODER_PLAN_PASS_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "transcoder/plan/plan.h"

enum { PASS_LIST_MAX_TASKS = CHUNK_LIST_MAX * (1 + LADDER_MAX_RUNGS) };

uint32_t pass_list_n_passes(const struct plan_picture *picture);
uint32_t pass_list_n_tasks(const struct plan_picture *picture);

/* Takes all rungs out of the picture that are not that task's, which is below the number of tasks,
 * and returns its chunk. */
const struct chunk *pass_list_take(struct plan_picture *picture, uint32_t task);

#endif
