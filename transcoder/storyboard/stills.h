// SPDX-License-Identifier: GPL-3.0-or-later
/* stills.h - the small pictures that a chunk leaves for the storyboard, and what they are of. They
 * lie beside the chunk's parts until the join. Pure.
 *
 * The file is a line of JSON and behind it the pictures, 8-bit 4:2:0, full range, plane by plane:
 *
 *   {"version":1,"width":160,"height":90,"run_from_us":-1,"calm_us":58200000,
 *    "stills":[["regular",0,0],["first",0,0],["slide",4200000,4900000],["last",0,0]]}
 *
 * (the line is one) with the times from and until of each still, and, where a film plays beside the
 * slides, "film" as film_mask_write() writes it. */
#ifndef TRANSCODER_STORYBOARD_STILLS_H
#define TRANSCODER_STORYBOARD_STILLS_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/slice.h"
#include "transcoder/storyboard/film_area.h"
#include "transcoder/video/ssim.h"

enum {
    STILLS_MAX = 96, /* of a chunk: one each settle time of the longest one, and regular ones */
    STILLS_SIDE_PX = 160,   /* the longer side */
    STILLS_INTERVAL_S = 30, /* between regular ones */
    STILLS_NAME_SIZE = 24,
};

/* A line of text and STILLS_MAX square pictures. */
#define STILLS_FILE_LIMIT ((size_t)STILLS_MAX * STILLS_SIDE_PX * STILLS_SIDE_PX * 3 / 2 + 16384)

enum still_kind {
    STILL_REGULAR, /* what is shown at `from` */
    STILL_FIRST,   /* the chunk's first calm picture, after a busy run or none; nobody knows yet
                    * whether it is another slide than the one before the chunk */
    STILL_SLIDE,   /* another slide than before the busy run [from, until] */
    STILL_LAST,    /* the chunk's last calm picture */
    N_STILL_KINDS
};

struct still {
    enum still_kind kind;
    int64_t from_us, until_us;
};

struct stills {
    uint32_t width, height;
    int64_t run_from_us;   /* since when the chunk's end is busy; -1: it is calm, or nobody knows */
    int64_t calm_us;       /* how long it was calm in all */
    struct film_mask film; /* at its end */
    struct still list[STILLS_MAX];
    size_t n;
    struct slice pixels; /* borrowed: n pictures */
};

/* The size of a still of pictures of that size, even. */
void stills_size(uint32_t width, uint32_t height, uint32_t *ret_width, uint32_t *ret_height);

size_t stills_picture_bytes(const struct stills *stills);

/* The picture of still i, and its luma. Borrowed as pixels are. */
const uint8_t *stills_picture(const struct stills *stills, size_t i);
struct plane stills_luma(const struct stills *stills, size_t i);

void stills_name(uint32_t chunk, char name[STILLS_NAME_SIZE]);
void stills_write(const struct stills *stills, struct buf *out);

/* Trusts nothing. *ret_stills borrows from `file`. Returns 0 or ERR_INVALID. */
int stills_parse(struct slice file, struct stills *ret_stills);

#endif
