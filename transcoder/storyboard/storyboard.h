// SPDX-License-Identifier: GPL-3.0-or-later
/* storyboard.h - composes what chunks saw into the storyboard and the slide list of a lecture.
 * Pure.
 *
 * A storyboard is small pictures (tiles) on a few sheets and cues that say which tile stands for
 * which time; one tile stands for all the time in which it looks the same. Metered phones pay for
 * it: a sheet is at most STORYBOARD_SHEET_BYTES, an hour at most about 290 KB. So regular tiles are
 * half a minute apart, slides have one each, and when slides come faster than one in 10 s for long,
 * some go without a picture.
 *
 * Slides are calm. Where less than half of the time is, and the plan did not see still pictures
 * either, a camera was filmed, or a film: a cut to another camera is no part of a lecture. Then the
 * list is empty.
 *
 * Chunks cannot see each other. Whether a chunk starts with another slide is found out here, from
 * the last calm picture before it and its own first one. */
#ifndef TRANSCODER_STORYBOARD_STORYBOARD_H
#define TRANSCODER_STORYBOARD_STORYBOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/cleanup.h"
#include "common/package/package.h"
#include "transcoder/storyboard/stills.h"

enum {
    STORYBOARD_COLUMNS = 4,
    STORYBOARD_SHEET_TILES = 16,
    STORYBOARD_SHEET_BYTES = 36000,
    STORYBOARD_HOUR_BYTES = 250000, /* and one sheet */
};

struct storyboard_entry {
    int64_t start_us;
    uint32_t chunk, still; /* whose picture it has */
    bool is_slide;
    bool has_tile; /* set by storyboard_finish() */
};

struct storyboard {
    uint32_t width, height; /* of a tile; 0 before the first chunk */
    int64_t duration_us;
    struct storyboard_entry *entries; /* owned, in order of time */
    size_t n;
    size_t n_tiles, n_slides; /* these three are set by storyboard_finish() */
    bool is_still;
    uint8_t *calm;              /* owned: luma of the last calm picture; NULL: none yet */
    struct film_mask calm_film; /* what in it is a film */
    uint8_t *newest;            /* owned: luma of the last entry */
    int64_t calm_us;            /* so long it was calm */
    int64_t run_from_us;        /* since when it is busy, -1: it is not */
};

/* A tile's place: sheet, and offset on it. */
struct storyboard_place {
    size_t sheet;
    uint32_t x, y;
};

struct storyboard *storyboard_new(int64_t duration_us);
void storyboard_free(struct storyboard *board);
DEFINE_CLEANUP(storyboard_free, struct storyboard *)

/* Adds the next chunk. Returns 0, ERR_NO_MEMORY, or ERR_CORRUPT for stills of another size. */
int storyboard_add(struct storyboard *board, uint32_t chunk, const struct stills *stills);

/* Decides which entries are slides and have tiles; nothing is added afterwards. `is_known_still`
 * is what the plan says of the lecture. */
void storyboard_finish(struct storyboard *board, bool is_known_still);

size_t storyboard_n_sheets(const struct storyboard *board);
struct storyboard_place storyboard_place(const struct storyboard *board, size_t tile);

/* How many tiles are on that sheet, and how many bytes it may have. */
size_t storyboard_sheet_tiles(const struct storyboard *board, size_t sheet);
size_t storyboard_sheet_bytes(const struct storyboard *board, size_t sheet);

/* storyboard_text.c: storyboard.vtt and slides.json, which names the package's pictures, too. */
void storyboard_write_cues(const struct storyboard *board, struct buf *out);
void storyboard_write_slides(const struct storyboard *board, const struct package *package,
                             struct buf *out);

#endif
