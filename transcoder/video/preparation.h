// SPDX-License-Identifier: GPL-3.0-or-later
/* preparation.h - makes decoded pictures progressive and upright. Most sources need neither: then
 * pictures pass through untouched. One thread. */
#ifndef TRANSCODER_VIDEO_PREPARATION_H
#define TRANSCODER_VIDEO_PREPARATION_H

#include <stdbool.h>

#include <libavutil/frame.h>

#include "common/cleanup.h"
#include "transcoder/source/orientation.h"

struct preparation; /* opaque */

/* Returns 0 and a preparation that preparation_free() ends, or ERR_NO_MEMORY. */
int preparation_new(struct orientation orientation, bool is_interlaced,
                    struct preparation **ret_preparation);
void preparation_free(struct preparation *preparation);
DEFINE_CLEANUP(preparation_free, struct preparation *)

/* Takes a picture (its reference moves, *frame is left empty); NULL after the last one. When size
 * or format changed, what was taken before comes out first. Returns 0 or a negative ERR_. */
int preparation_send(struct preparation *preparation, AVFrame *frame);

/* Moves a prepared picture into *frame. Returns 0, ERR_AGAIN when it needs more pictures first,
 * ERR_NOT_FOUND after the last one, or another ERR_. */
int preparation_receive(struct preparation *preparation, AVFrame *frame);

/* Forgets what it holds; for a seek. */
void preparation_reset(struct preparation *preparation);

#endif
