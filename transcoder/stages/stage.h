// SPDX-License-Identifier: GPL-3.0-or-later
/* stage.h - the work of one task, inside the box. Each function reads what it needs from the
 * package's folder over the link, does one step, and leaves its result there; run again, it finds
 * the result and is done. They return 0, or a negative ERR_ with the reason in *fault. */
#ifndef TRANSCODER_STAGES_STAGE_H
#define TRANSCODER_STAGES_STAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "transcoder/fault.h"
#include "transcoder/link.h"
#include "transcoder/plan/plan.h"

struct stage_context {
    struct link *link;
    struct fault *fault;
    int source_fd; /* -1 where no source is needed */
    int64_t source_bytes;
    bool with_v1800;    /* plan: a rung for halls and projectors too */
    bool with_av1;      /* plan: each rung in AV1 too */
    bool without_sound; /* plan: leave the sound of a picture out, as its owner wants it */
};

/* Facts about the source as JSON on standard output. */
int stage_probe(const struct stage_context *context);

/* plan.json. */
int stage_plan(const struct stage_context *context);

/* All audio renditions, in many parts. */
int stage_sound(const struct stage_context *context);

/* One task of the picture (plan/pass_list.h): a chunk of some of its renditions, one part. */
int stage_chunk(const struct stage_context *context, uint32_t number);

/* One file per rendition and package.json; playlists too, for a static web server, when asked. */
int stage_join(const struct stage_context *context, bool with_playlists);

/* Findings about a package as lines on standard output; does not fail when there are any. */
int stage_check(const struct stage_context *context);

/* Reads plan.json and, where the task has a source, checks that the plan was made for it. */
int stage_load_plan(const struct stage_context *context, struct plan **ret_plan);

#endif
