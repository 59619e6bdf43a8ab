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

/* -10 log10(1 - ssim) in thousandths of dB, 0 to SSIM_MDB_MAX: steps of equal size look about
 * equally large. */
enum { SSIM_MDB_MAX = 60000 };
uint32_t ssim_mdb(double ssim);

#endif
