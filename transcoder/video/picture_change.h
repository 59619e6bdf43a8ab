// SPDX-License-Identifier: GPL-3.0-or-later
/* picture_change.h - how much of a picture differs from another one, beyond the noise that a codec
 * leaves on a still picture. Pure.
 *
 * Pictures are compared by blocks of 16 x 16: a block has changed when its mean absolute difference
 * is more than a trace, or when many blocks differ by half of that (a slow fade). A pen stroke or a
 * cursor is enough. */
#ifndef TRANSCODER_VIDEO_PICTURE_CHANGE_H
#define TRANSCODER_VIDEO_PICTURE_CHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "transcoder/video/ssim.h"

/* What a new picture is to the one before it. */
enum picture_change {
    PICTURE_SAME,    /* looks the same: need not be shown */
    PICTURE_TOUCHED, /* a little: ink, a cursor */
    PICTURE_MOVING,  /* a person, a film */
    PICTURE_NEW,     /* a new slide, a cut */
};

struct change_measure {
    uint32_t changed_permille; /* blocks that differ */
    uint32_t strong_permille;  /* blocks that differ much */
    bool is_same;
};

/* Both planes have the same size; else all has changed. */
struct change_measure picture_change_measure(const struct plane *a, const struct plane *b);

enum picture_change picture_change_of(const struct change_measure *measure);

#endif
