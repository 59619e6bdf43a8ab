// SPDX-License-Identifier: GPL-3.0-or-later
/* slide_part.h - the calm pictures that a chunk leaves for the slides, as WebP, until the join
 * chooses among them. Pure.
 *
 * The file is a line of JSON; behind it, for each picture, its luma in small, by which pictures are
 * told apart, and then the WebP files one after the other:
 *
 *   {"version":1,"width":1280,"height":720,"film":"…","states":[[4200000,18342],[9200000,18511]]}
 *
 * (the line is one) with the time in us and the bytes of each. "film" says in hex, a bit a cell,
 * what is no part of the slides (film_area.h); it is "" when there is no film. */
#ifndef TRANSCODER_SLIDES_SLIDE_PART_H
#define TRANSCODER_SLIDES_SLIDE_PART_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/slice.h"
#include "transcoder/slides/webp.h"
#include "transcoder/storyboard/film_area.h"

enum {
    SLIDE_PART_MAX = 64, /* pictures of a chunk */
    SLIDE_PART_NAME_SIZE = 24,
    SLIDE_LUMA_SIDE = 320, /* the longer side of the small luma */
    SLIDE_LUMA_BYTES = SLIDE_LUMA_SIDE * SLIDE_LUMA_SIDE,
};

#define SLIDE_PART_LIMIT ((size_t)SLIDE_PART_MAX * (SLIDE_LUMA_BYTES + WEBP_MAX_BYTES) + 16384)

struct slide_state {
    int64_t at_us;
    uint32_t bytes;
};

struct slide_part {
    uint32_t width, height; /* of the pictures */
    struct film_mask film;
    struct slide_state states[SLIDE_PART_MAX]; /* in order of time */
    size_t n;
    struct slice lumas, files; /* borrowed */
};

/* The size of the small luma of pictures of that size, at least FILM_SIDE where they are. */
void slide_luma_size(uint32_t width, uint32_t height, int *ret_width, int *ret_height);

/* The small luma, and the file, of picture i. Borrowed as lumas and files are. */
struct plane slide_part_luma(const struct slide_part *part, size_t i);
struct slice slide_part_file(const struct slide_part *part, size_t i);

void slide_part_name(uint32_t chunk, char name[SLIDE_PART_NAME_SIZE]);
void slide_part_write(const struct slide_part *part, struct buf *out);

/* Trusts nothing. *ret_part borrows from `file`. Returns 0 or ERR_INVALID. */
int slide_part_parse(struct slice file, struct slide_part *ret_part);

#endif
