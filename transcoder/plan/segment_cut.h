// SPDX-License-Identifier: GPL-3.0-or-later
/* segment_cut.h - where a chunk is cut into segments, from what its pictures show. Pure.
 *
 * Every segment starts with a whole picture, which on slides is nearly all that it costs. So a
 * segment is 6 s, but ends with a slide change that is within 2 s of that (the new slide is paid
 * for once), and lasts up to 10 s while little moves. The lecture's first two segments are 2 s, to
 * start early; chunk edges are segment edges, and no rest is shorter than 2 s.
 *
 * All rungs of a chunk follow the same decisions, so their segments line up. */
#ifndef TRANSCODER_PLAN_SEGMENT_CUT_H
#define TRANSCODER_PLAN_SEGMENT_CUT_H

#include <stdbool.h>
#include <stdint.h>

#include "transcoder/plan/chunk_list.h"
#include "transcoder/plan/frame_grid.h"

/* What a slot shows, seen from the slot before. */
enum slot_kind {
    SLOT_STILL,  /* the same, or a little ink */
    SLOT_MOVING, /* more than that */
    SLOT_NEW,    /* a new slide */
};

enum {
    SEGMENT_NOMINAL_S = 6,
    SEGMENT_SHIFT_S = 2,
    SEGMENT_LONGEST_S = 10, /* TARGETDURATION of lectures with pictures */
    SEGMENT_HEAD_S = 2,
    SEGMENT_N_HEADS = 2,
};

struct segment_cut {
    const struct frame_grid *grid; /* borrowed */
    struct chunk chunk;
    int64_t first;     /* slot at which the current segment starts */
    uint32_t n_moving; /* slots in it that moved */
};

struct segment_cut segment_cut_start(const struct frame_grid *grid, const struct chunk *chunk);

/* Whether a segment starts at `slot`. Slots come in order, each once, from the chunk's first on,
 * which starts one. ahead[0] is the kind of `slot`, ahead[i] that of slot + i, n_ahead >= 1 of them
 * are known; segment_cut_wants() says how many are useful. */
bool segment_cut_at(struct segment_cut *cut, int64_t slot, const uint8_t *ahead, int64_t n_ahead);

/* How many slots from a slot on are looked at, at most. */
int64_t segment_cut_wants(const struct frame_grid *grid);

#endif
