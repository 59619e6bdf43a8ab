// SPDX-License-Identifier: GPL-3.0-or-later
/* frame_pace.h - at which slots a rung gets a frame. Pure.
 *
 * A frame comes when the picture has changed, no more often than the rung's rate; a slide that
 * changes after a rest is shown at once. Without a change there is a frame only before the gap gets
 * too long for players: it repeats the picture and costs some bytes. The frame that starts a
 * segment comes besides.
 *
 * A gap is at most twice the greatest one before it in its segment: Media Source Extensions
 * (§3.5.8, step 6) take more for a discontinuity, behind which everything is dropped up to the next
 * key frame. The clause says the last frame's duration, WebKit takes the greatest distance so far.
 */
#ifndef TRANSCODER_PLAN_FRAME_PACE_H
#define TRANSCODER_PLAN_FRAME_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "transcoder/plan/frame_grid.h"

struct frame_pace {
    int64_t step;         /* slots between two frames of motion, at least */
    int64_t longest;      /* slots between any two frames, at most */
    int64_t greatest;     /* slots between two frames of the segment so far; at least a step */
    int64_t last;         /* slot of the last frame */
    int64_t last_changed; /* of the last one that showed something new, segment starts left out */
    bool is_behind;       /* the picture has changed since the last frame */
};

/* The most slots between two frames of a rung that has one every `step` slots: 200 ms, or browsers
 * stall after a seek, and 80 ms more than its step. WebKitGTK takes all frames to last as long as
 * the track says (avc_sps.h), which is a step, and closes holes of 83 ms and no longer ones. */
uint32_t frame_pace_longest(const struct frame_grid *grid, uint32_t step);

/* Before its first slot, at which a frame is due. */
struct frame_pace frame_pace_start(uint32_t step, uint32_t longest);

/* Whether a frame is due at that slot, which comes after the ones before; `is_new`: another picture
 * is shown there than at the slot before; `is_cut`: a segment starts there. */
bool frame_pace_at(struct frame_pace *pace, int64_t slot, bool is_new, bool is_cut);

#endif
