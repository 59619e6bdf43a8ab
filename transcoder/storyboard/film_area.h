// SPDX-License-Identifier: GPL-3.0-or-later
/* film_area.h - the part of the picture in which a film plays beside the slides: a speaker in a
 * corner. What moves there says nothing about slides. Pure.
 *
 * The picture is divided into cells, as many whatever its size. A cell that changes again and again
 * gets warm, and after some seconds it is of the film, with the cells around it; one in which
 * nothing moves cools down in half a minute. A transition between slides is too short for that.
 * Where more than half of the picture is a film, it is all that there is, and no cell is left out.
 */
#ifndef TRANSCODER_STORYBOARD_FILM_AREA_H
#define TRANSCODER_STORYBOARD_FILM_AREA_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/slice.h"
#include "transcoder/plan/segment_cut.h"
#include "transcoder/video/ssim.h"

enum {
    FILM_SIDE = 80, /* cells along each side */
    FILM_CELLS = FILM_SIDE * FILM_SIDE,
    FILM_TOUCHED_CELLS = 4, /* fewer that changed are nothing: less than a letter */
};

/* One byte a cell, line by line: whether it is of the film. */
struct film_mask {
    uint8_t cells[FILM_CELLS];
};

struct film_area {
    int32_t warmth_ms[FILM_CELLS]; /* 0 to some seconds */
    struct film_mask mask;
};

/* The mask as text: hex, a bit a cell; nothing for one that is empty. Reading trusts nothing; the
 * mask is all zero before. Returns 0 or ERR_INVALID. */
void film_mask_write(const struct film_mask *mask, struct buf *out);
int film_mask_read(struct slice text, struct film_mask *mask);

/* How many cells differ, those of the masks left out, and how many of them by much. The planes have
 * the same size; of planes smaller than the cells, or of two sizes, all cells differ. Both masks
 * may be NULL. */
struct film_change {
    uint32_t n_changed, n_strong;
};
struct film_change film_area_change(const struct plane *before, const struct plane *now,
                                    const struct film_mask *a, const struct film_mask *b);

/* Learns from a picture and the one before it, which came step_ms earlier. All zero at the start.
 */
void film_area_learn(struct film_area *area, const struct plane *before, const struct plane *now,
                     int64_t step_ms);

/* What a change is for slides. */
enum slot_kind film_area_kind(const struct film_change *change);

#endif
