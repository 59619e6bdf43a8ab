// SPDX-License-Identifier: GPL-3.0-or-later
/* picture_size.h - which size a lecture is planned for when its pictures have several: a phone that
 * is turned, a browser's recorder that begins small and grows as the link allows. Pure.
 *
 * The largest that lasts: what is smaller stands in it with black beside, and loses nothing. */
#ifndef TRANSCODER_PLAN_PICTURE_SIZE_H
#define TRANSCODER_PLAN_PICTURE_SIZE_H

#include <stddef.h>
#include <stdint.h>

enum { PICTURE_SIZES_MAX = 16 };

struct picture_size {
    uint32_t width, height; /* upright, square pixels */
    uint32_t n_looks;       /* how often it was seen */
};

struct picture_sizes {
    struct picture_size items[PICTURE_SIZES_MAX]; /* the first one seen first */
    size_t n;
    uint32_t n_looks;
};

/* Notes what one look showed. Sizes beyond PICTURE_SIZES_MAX are not kept. */
void picture_sizes_add(struct picture_sizes *sizes, uint32_t width, uint32_t height);

/* The size to plan for, of looks that were spread evenly over that time; at least one was made. */
struct picture_size picture_sizes_choose(const struct picture_sizes *sizes, int64_t length_us);

#endif
