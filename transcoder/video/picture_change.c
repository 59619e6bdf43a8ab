// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/video/picture_change.h"

#include <stddef.h>
#include <stdlib.h>

enum {
    SIDE = 16,
    /* Mean absolute differences of a block, in eighths of a grey level. */
    TRACE = 10, /* that many blocks of a fade differ by */
    CLEAR = 20,
    STRONG = 96,
    FADE_PERMILLE = 330,
    MOVING_PERMILLE = 20, /* more of the picture than a pen or a cursor */
    NEW_PERMILLE = 80,    /* of strong blocks: lines of text that come or go */
};

static uint32_t line_difference(const uint8_t *a, const uint8_t *b, int n)
{
    uint32_t sum = 0;

    for (int x = 0; x < n; x++)
        sum += (uint32_t)abs(a[x] - b[x]);
    return sum;
}

/* Eighths of a grey level, over the block at (x, y) as far as the picture reaches. */
static uint32_t block_difference(const struct plane *a, const struct plane *b, int x, int y)
{
    const int width = a->width - x < SIDE ? a->width - x : SIDE;
    const int height = a->height - y < SIDE ? a->height - y : SIDE;
    uint32_t sum = 0;

    for (int line = y; line < y + height; line++) {
        const uint8_t *at_a = a->data + line * a->stride + x;
        const uint8_t *at_b = b->data + line * b->stride + x;
        sum +=
            width == SIDE ? line_difference(at_a, at_b, SIDE) : line_difference(at_a, at_b, width);
    }
    return sum * 8 / (uint32_t)(width * height);
}

struct change_measure picture_change_measure(const struct plane *a, const struct plane *b)
{
    uint32_t n = 0;
    uint32_t n_traces = 0;
    uint32_t n_clear = 0;
    uint32_t n_strong = 0;

    if (a->width != b->width || a->height != b->height || a->width < 1 || a->height < 1)
        return (struct change_measure){.changed_permille = 1000, .strong_permille = 1000};
    for (int y = 0; y < a->height; y += SIDE) {
        for (int x = 0; x < a->width; x += SIDE, n++) {
            const uint32_t difference = block_difference(a, b, x, y);
            n_traces += difference > TRACE;
            n_clear += difference > CLEAR;
            n_strong += difference > STRONG;
        }
    }
    return (struct change_measure){.changed_permille = n_clear * 1000 / n,
                                   .strong_permille = n_strong * 1000 / n,
                                   .is_same = n_clear == 0 && n_traces * 1000 / n < FADE_PERMILLE};
}

enum picture_change picture_change_of(const struct change_measure *measure)
{
    if (measure->is_same)
        return PICTURE_SAME;
    if (measure->strong_permille >= NEW_PERMILLE)
        return PICTURE_NEW;
    return measure->changed_permille >= MOVING_PERMILLE ? PICTURE_MOVING : PICTURE_TOUCHED;
}
