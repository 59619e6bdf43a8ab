// SPDX-License-Identifier: GPL-3.0-or-later
/* output_budget.h - how much a task may write. Pure.
 *
 * The coordinator parses nothing, so what it allows is not read from a plan that a task wrote: it
 * follows from what the largest lecture may need (PLAN_MAX_DURATION_S, every rung in both codecs,
 * PLAN_MAX_SOUNDS), several times over, and for a join from the parts that are there. An honest
 * task is far from it; one that was taken over cannot fill the disk. */
#ifndef TRANSCODER_OUTPUT_BUDGET_H
#define TRANSCODER_OUTPUT_BUDGET_H

#include <stdint.h>

#include "transcoder/message.h"

struct output_budget {
    uint32_t n_files;     /* that it creates, in all */
    uint64_t file_bytes;  /* of any of them; its own limit too (box.h) */
    uint64_t total_bytes; /* of all together */
};

/* folder_bytes: of all files that are in the package's folder before the task. */
struct output_budget output_budget_of(enum stage stage, uint64_t folder_bytes);

#endif
