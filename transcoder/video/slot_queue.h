// SPDX-License-Identifier: GPL-3.0-or-later
/* slot_queue.h - what is shown at each slot of a run of slots, with a look ahead: pictures that
 * look the same are dropped, and each slot is said to be still, moving or new.
 *
 * It looks as far ahead as cutting segments wants, and less far where that would hold more than a
 * fixed amount of pictures: on slides, which change rarely, it never is. One thread. */
#ifndef TRANSCODER_VIDEO_SLOT_QUEUE_H
#define TRANSCODER_VIDEO_SLOT_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "transcoder/fault.h"
#include "transcoder/plan/chunk_list.h"
#include "transcoder/plan/segment_cut.h"
#include "transcoder/video/picture_source.h"

struct slot_queue; /* opaque */

struct slot_view {
    const AVFrame *picture; /* what is shown: borrowed, until the next picture that is new */
    bool is_new;            /* it is another picture than at the slot before */
    const uint8_t *ahead;   /* enum slot_kind of this slot and those behind it; borrowed */
    int64_t n_ahead;        /* at least 1 */
};

/* Takes its pictures from `pictures` (borrowed), which stands before the chunk's first slot.
 * Returns 0 and a queue that slot_queue_free() ends, or ERR_NO_MEMORY. */
int slot_queue_new(struct picture_source *pictures, const struct frame_grid *grid,
                   const struct chunk *chunk, struct slot_queue **ret_queue);
void slot_queue_free(struct slot_queue *queue);
DEFINE_CLEANUP(slot_queue_free, struct slot_queue *)

/* Stores the next slot's view; to be called at most chunk->n_slots times. */
int slot_queue_next(struct slot_queue *queue, struct fault *fault, struct slot_view *ret_view);

/* The bytes of the first plane, whatever they mean: enough to see whether pictures differ. */
struct plane slot_queue_plane(const AVFrame *picture);

#endif
