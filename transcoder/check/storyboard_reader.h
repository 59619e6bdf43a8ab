// SPDX-License-Identifier: GPL-3.0-or-later
/* storyboard_reader.h - reads WebVTT cues that stand for small pictures, as players do: the text of
 * each is the part of a picture (Media Fragments URI 1.0, 4.2.2).
 *
 *     00:00:00.000 --> 00:00:30.000
 *     storyboard-0.jpg#xywh=0,0,160,90
 *
 * Pure. Slices are borrowed from the text. */
#ifndef TRANSCODER_CHECK_STORYBOARD_READER_H
#define TRANSCODER_CHECK_STORYBOARD_READER_H

#include <stdint.h>

#include "common/slice.h"

struct storyboard_cue {
    int64_t start_ms, end_ms;
    struct slice target; /* "storyboard-0.jpg#xywh=0,0,160,90" */
};

struct storyboard_tile {
    struct slice sheet; /* "storyboard-0.jpg" */
    uint32_t x, y, width, height;
};

/* Moves *rest behind the line "WEBVTT". ERR_INVALID when there is none. */
int storyboard_read_head(struct slice *rest);

/* Reads the next cue from *rest. ERR_NOT_FOUND at the end; ERR_INVALID for what is no cue, or one
 * of more than one line. */
int storyboard_read_cue(struct slice *rest, struct storyboard_cue *ret_cue);

/* ERR_INVALID when a cue's text is not of that form. */
int storyboard_read_tile(struct slice target, struct storyboard_tile *ret_tile);

#endif
