// SPDX-License-Identifier: GPL-3.0-or-later
/* frame_pace.h - at which slots a rung gets a frame. Pure.
 *
 * A frame comes when the picture has changed, no more often than the rung's rate; a slide that
 * changes after a rest is shown at once. Without a change there is a frame only before the gap gets
 * too long for players: it repeats the picture and costs some bytes. The frame that starts a
 * segment comes besides. */
#ifndef TRANSCODER_PLAN_FRAME_PACE_H
#define TRANSCODER_PLAN_FRAME_PACE_H

#include <stdbool.h>
#include <stdint.h>

struct frame_pace {
    int64_t step;         /* slots between two frames of motion, at least */
    int64_t longest;      /* slots between any two frames, at most */
    int64_t last;         /* slot of the last frame */
    int64_t last_changed; /* of the last one that showed something new, segment starts left out */
    bool is_behind;       /* the picture has changed since the last frame */
};

/* Before its first slot, at which a frame is due. */
struct frame_pace frame_pace_start(uint32_t step, uint32_t longest);

/* Whether a frame is due at that slot, which comes after the ones before; `is_new`: another picture
 * is shown there than at the slot before; `is_cut`: a segment starts there. */
bool frame_pace_at(struct frame_pace *pace, int64_t slot, bool is_new, bool is_cut);

#endif
