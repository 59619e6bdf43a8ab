// SPDX-License-Identifier: GPL-3.0-or-later
/* picture_source.h - what is shown at each slot of the frame grid.
 *
 * A slot shows the last picture whose time has come (to within 10 ms: containers round their
 * times), the first picture before that, the last one after the end. So rates are converted,
 * gaps are held and doubles dropped, and any task that starts at a slot sees what one that started
 * at 0 sees there. One thread. */
#ifndef TRANSCODER_VIDEO_PICTURE_SOURCE_H
#define TRANSCODER_VIDEO_PICTURE_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include <libavutil/frame.h>

#include "common/cleanup.h"
#include "common/package/tally.h"
#include "transcoder/fault.h"
#include "transcoder/link.h"
#include "transcoder/plan/plan.h"
#include "transcoder/source/source.h"

struct picture_source; /* opaque */

/* Stands before `first_slot` afterwards. Borrows source, plan and link, over which it
 * says that it is alive while it decodes its way to the slot. */
int picture_source_open(struct source *source, const struct plan_picture *plan, int64_t first_slot,
                        struct link *link, struct fault *fault,
                        struct picture_source **ret_pictures);
void picture_source_free(struct picture_source *pictures);
DEFINE_CLEANUP(picture_source_free, struct picture_source *)

/* Stores what the next slot shows: borrowed, valid until the next call; and whether it is the very
 * picture of the slot before. Returns 0 or a negative ERR_; a source without a single picture is
 * FAILURE_NO_STREAM. */
int picture_source_next(struct picture_source *pictures, struct fault *fault,
                        const AVFrame **ret_picture, bool *ret_is_same);

/* Which pictures of these seconds packets were read for, and which of them came. */
void picture_source_report(const struct picture_source *pictures, struct time_span seconds,
                           struct tally *ret_tally);

#endif
