// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/orientation.h"

static int64_t magnitude(int32_t value)
{
    return value < 0 ? -(int64_t)value : value;
}

/* A pixel at (x, y) is shown at (a x + c y, b x + d y): with a and d the axes keep their
 * directions or turn back on themselves, with b and c they change places. */
struct orientation orientation_from_matrix(const int32_t matrix[9])
{
    const int32_t a = matrix[0];
    const int32_t b = matrix[1];
    const int32_t c = matrix[3];
    const int32_t d = matrix[4];

    if (magnitude(a) + magnitude(d) >= magnitude(b) + magnitude(c))
        return (struct orientation){.is_mirrored = a < 0, .is_upside_down = d < 0};
    return (
        struct orientation){.is_transposed = true, .is_mirrored = c < 0, .is_upside_down = b < 0};
}
