// SPDX-License-Identifier: GPL-3.0-or-later
/* ssim.h - how alike two pictures look: structural similarity of luma (Wang et al., 2004), over
 * windows of 8 x 8 pixels at every fourth pixel. Pure. */
#ifndef TRANSCODER_VIDEO_SSIM_H
#define TRANSCODER_VIDEO_SSIM_H

#include <stddef.h>
#include <stdint.h>

/* One plane of bytes; borrowed. */
struct plane {
    const uint8_t *data;
    ptrdiff_t stride; /* bytes from line to line */
    int width, height;
};

/* The mean over all windows, 1 for equal pictures. Both have the same size, at least 8 x 8; else
 * the result is 0. */
double ssim_mean(const struct plane *a, const struct plane *b);

/* What it is like where something moves. */
struct ssim_motion {
    double sum; /* of the windows' similarities */
    uint64_t n; /* windows */
};

/* Adds the windows (every eighth pixel, each by itself) in which `now` is not what it was `before`,
 * compared with what is shown. A pointer is a thousandth of a picture, so the mean over all of it
 * does not feel that it comes late; these windows do. All three have the same size. */
void ssim_add_motion(const struct plane *before, const struct plane *now, const struct plane *shown,
                     struct ssim_motion *motion);

/* -10 log10(1 - ssim) in thousandths of dB, 0 to SSIM_MDB_MAX: steps of equal size look about
 * equally large. */
enum { SSIM_MDB_MAX = 60000 };
uint32_t ssim_mdb(double ssim);

#endif
