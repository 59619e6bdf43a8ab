// SPDX-License-Identifier: GPL-3.0-or-later
/* poster.h - poster.jpg and poster-small.jpg: an early picture of the lecture that is not all one
 * colour, small. */
#ifndef TRANSCODER_VIDEO_POSTER_H
#define TRANSCODER_VIDEO_POSTER_H

#include <stdbool.h>

#include <libavutil/frame.h>

#include "common/cleanup.h"
#include "transcoder/link.h"

struct poster; /* opaque */

int poster_new(struct poster **ret_poster);
void poster_free(struct poster *poster);
DEFINE_CLEANUP(poster_free, struct poster *)

/* Shows it the next picture (8-bit 4:2:0, kept by reference when it is the best so far). */
int poster_look(struct poster *poster, const AVFrame *picture);

/* Writes the best picture that was seen, at most 480 pixels wide, and again for lists of many
 * lectures: in 240 x 135, with 4 KB at most. */
int poster_write(struct poster *poster, struct link *link);

#endif
