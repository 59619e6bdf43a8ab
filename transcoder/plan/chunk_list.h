// SPDX-License-Identifier: GPL-3.0-or-later
/* chunk_list.h - cuts a lecture into chunks. Pure.
 *
 * A chunk is a run of slots of the frame grid and the unit of work: about a minute, but the first
 * ones are short, so that there is something to watch early, and so are the last ones, so that no
 * core waits long for the other one's. Chunk edges are segment boundaries. */
#ifndef TRANSCODER_PLAN_CHUNK_LIST_H
#define TRANSCODER_PLAN_CHUNK_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "transcoder/plan/frame_grid.h"

enum {
    CHUNK_LIST_MAX = 1024, /* 12 hours are 720 */
    SEGMENT_TARGET_S = 6,  /* of sound; plan/segment_cut.h has those of pictures */
};

struct chunk {
    int64_t first_slot;
    int64_t n_slots; /* > 0 */
};

/* Fills `chunks` for a lecture of n_slots > 0 and returns how many there are. */
size_t chunk_list_make(const struct frame_grid *grid, int64_t n_slots,
                       struct chunk chunks[CHUNK_LIST_MAX]);

#endif
