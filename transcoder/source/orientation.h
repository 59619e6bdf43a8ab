// SPDX-License-Identifier: GPL-3.0-or-later
/* orientation.h - how to turn coded pictures so that they are upright. Pure.
 *
 * Phones record as the sensor lies and store a matrix. The eight ways to turn and mirror
 * a rectangle are: swap rows and columns or not, then mirror left-right or not, then top-bottom. */
#ifndef TRANSCODER_SOURCE_ORIENTATION_H
#define TRANSCODER_SOURCE_ORIENTATION_H

#include <stdbool.h>
#include <stdint.h>

struct orientation {
    bool is_transposed;  /* first: rows become columns */
    bool is_mirrored;    /* then: left and right change places */
    bool is_upside_down; /* then: top and bottom change places */
};

/* The nearest of the eight for a display matrix (ISO/IEC 14496-12 §6.2.2: nine values, of which
 * a, b, c, d are [0], [1], [3], [4]); upright for a matrix that is none. */
struct orientation orientation_from_matrix(const int32_t matrix[9]);

static inline bool orientation_is_upright(struct orientation o)
{
    return !o.is_transposed && !o.is_mirrored && !o.is_upside_down;
}

#endif
