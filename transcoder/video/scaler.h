// SPDX-License-Identifier: GPL-3.0-or-later
/* scaler.h - one picture in the sizes of all rungs, 8-bit 4:2:0: each rung is scaled from the next
 * larger one, which is cheaper and, as each step is small, no worse; one that has the size and
 * format already is passed on. High dynamic range and wide gamut end here (tone_map.h). Sizes are
 * computed when they are asked for. A picture of another shape than the lecture's (a phone that was
 * turned while it recorded) gets black bars. One thread. */
#ifndef TRANSCODER_VIDEO_SCALER_H
#define TRANSCODER_VIDEO_SCALER_H

#include <stddef.h>
#include <stdint.h>

#include <libavutil/frame.h>

#include "common/cleanup.h"
#include "transcoder/plan/plan.h"

struct scaler; /* opaque */

/* Borrows the plan. Returns 0 and a scaler that scaler_free() ends, or ERR_NO_MEMORY. */
int scaler_new(const struct plan_picture *plan, struct scaler **ret_scaler);
void scaler_free(struct scaler *scaler);
DEFINE_CLEANUP(scaler_free, struct scaler *)

/* From now on sizes are those of this picture: borrowed, until the next call. */
void scaler_set(struct scaler *scaler, const AVFrame *picture);

/* The picture in the size of that rung: the caller gets a reference (frame unreferenced before).
 * Returns 0, ERR_NO_MEMORY, or ERR_UNSUPPORTED for a format that cannot be converted. */
int scaler_get(struct scaler *scaler, size_t rung, AVFrame *frame);

#endif
