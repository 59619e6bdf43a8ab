// SPDX-License-Identifier: GPL-3.0-or-later
/* frame_tail.h - the last frame of a segment lasts at least a step. Pure.
 *
 * WebKitGTK takes every frame to last a step (frame_pace.h). One that is shown for a shorter time
 * reaches beyond the next: within a segment that does no harm, but at its end it would reach into
 * the next segment, and WebKit removes what is there already, the key frame and all that needs it.
 * So frames are held until they have lasted a step. When the segment ends before that they are left
 * out: what they show is in the key frame, less than a step later. Where that would leave too long
 * a gap, the first of them is shown a step before the end, which is earlier than its time by less
 * than a step, and mostly not at all, as it repeats a picture. */
#ifndef TRANSCODER_PLAN_FRAME_TAIL_H
#define TRANSCODER_PLAN_FRAME_TAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Within a step there are no more frames than a repeated one and a change. */
enum { FRAME_TAIL_MAX = 2 };

struct frame_tail {
    int64_t step, longest;        /* as in frame_pace.h */
    int64_t last;                 /* slot of the last frame that was let go */
    int64_t held[FRAME_TAIL_MAX]; /* slots, rising */
    size_t n_held;
};

struct frame_tail frame_tail_start(uint32_t step, uint32_t longest);

/* To be asked first at each slot, and where the last segment ends: whether the oldest held frame is
 * let go; it is shown at *ret_slot. */
bool frame_tail_next(struct frame_tail *tail, int64_t slot, int64_t *ret_slot);

/* A frame that is due at `slot` is held. */
void frame_tail_hold(struct frame_tail *tail, int64_t slot);

/* A segment ends at `slot`, where a key frame comes: whether the oldest held frame is let go before
 * that, and shown at *ret_slot. Nothing is held any more. */
bool frame_tail_cut(struct frame_tail *tail, int64_t slot, int64_t *ret_slot);

#endif
