// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/storyboard/film_area.h"

#include <stdlib.h>
#include <string.h>

#include "common/encode.h"
#include "common/err.h"

enum {
    CHANGED = 8,          /* grey levels on average: more than what codecs do to an edge */
    STRONG = 12,          /* the same of cells that a new slide changes */
    LINE_STEP = 2,        /* every other line tells enough */
    GAP_LONGEST_MS = 500, /* a change that took longer to come is no motion */
    WARM_MS = 6000,       /* of the film */
    WARMEST_MS = 12000,
    COOLING = 5, /* times slower than it warms up */
    WARMING = 2,
    AROUND = 2, /* cells next to a warm one, which a gesture reaches */
    MOST_CELLS = FILM_CELLS / 2,
    LEAST_CELLS = FILM_CELLS / 100,
    WARM_PERCENT = 40,    /* of the rectangle */
    MOVING_PERMILLE = 20, /* as picture_change.h has it */
    NEW_PERMILLE = 80,
};

enum { MASK_BYTES = FILM_CELLS / 8 };

void film_mask_write(const struct film_mask *mask, struct buf *out)
{
    uint8_t bits[MASK_BYTES] = {0};
    char hex[2 * MASK_BYTES + 1];
    int n = 0;

    for (int i = 0; i < FILM_CELLS; i++) {
        bits[i / 8] |= (uint8_t)((mask->cells[i] ? 1 : 0) << (i % 8));
        n += mask->cells[i];
    }
    encode_hex(bits, sizeof bits, hex);
    buf_append_text(out, n > 0 ? hex : "");
}

int film_mask_read(struct slice text, struct film_mask *mask)
{
    uint8_t bits[MASK_BYTES];

    if (text.length == 0)
        return 0;
    if (decode_hex(text, bits, sizeof bits))
        return ERR_INVALID;
    for (int i = 0; i < FILM_CELLS; i++)
        mask->cells[i] = bits[i / 8] >> (i % 8) & 1;
    return 0;
}

static uint32_t cell_difference(const struct plane *a, const struct plane *b, int column, int row)
{
    const int left = column * a->width / FILM_SIDE;
    const int right = (column + 1) * a->width / FILM_SIDE;
    const int bottom = (row + 1) * a->height / FILM_SIDE;
    uint32_t sum = 0;
    uint32_t n = 0;

    for (int y = row * a->height / FILM_SIDE; y < bottom; y += LINE_STEP) {
        const uint8_t *at_a = a->data + y * a->stride;
        const uint8_t *at_b = b->data + y * b->stride;
        for (int x = left; x < right; x++)
            sum += (uint32_t)abs(at_a[x] - at_b[x]);
        n += (uint32_t)(right - left);
    }
    return n ? sum / n : 0;
}

static bool is_comparable(const struct plane *a, const struct plane *b)
{
    return a->width == b->width && a->height == b->height && a->width >= FILM_SIDE &&
           a->height >= FILM_SIDE;
}

struct film_change film_area_change(const struct plane *before, const struct plane *now,
                                    const struct film_mask *a, const struct film_mask *b)
{
    struct film_change change = {0};

    if (!is_comparable(before, now))
        return (struct film_change){FILM_CELLS, FILM_CELLS};
    for (int i = 0; i < FILM_CELLS; i++) {
        if ((a && a->cells[i]) || (b && b->cells[i]))
            continue;
        const uint32_t difference = cell_difference(before, now, i % FILM_SIDE, i / FILM_SIDE);
        change.n_changed += difference > CHANGED;
        change.n_strong += difference > STRONG;
    }
    return change;
}

static void warm(int32_t *warmth, bool has_changed, int64_t step_ms)
{
    int64_t ms = *warmth;

    if (has_changed)
        ms += WARMING * (step_ms < GAP_LONGEST_MS ? step_ms : 0);
    else
        ms -= (step_ms + COOLING - 1) / COOLING;
    *warmth = (int32_t)(ms < 0 ? 0 : ms > WARMEST_MS ? WARMEST_MS : ms);
}

/* A rectangle of cells, the last ones included. */
struct box {
    int left, top, right, bottom;
};

static int at_least_0(int value)
{
    return value < 0 ? 0 : value;
}

static int inside(int value)
{
    return value < FILM_SIDE ? value : FILM_SIDE - 1;
}

/* Takes a box and the cells around it into the mask. */
static void cover(struct film_mask *mask, const struct box *box)
{
    for (int y = at_least_0(box->top - AROUND); y <= inside(box->bottom + AROUND); y++) {
        for (int x = at_least_0(box->left - AROUND); x <= inside(box->right + AROUND); x++)
            mask->cells[y * FILM_SIDE + x] = 1;
    }
}

/* A film is a rectangle of which most is warm, and no more than half of the picture. Whatever else
 * moves (a hand that drags things, an animation) belongs to the slide. */
static void draw_mask(struct film_area *area)
{
    struct box all = {FILM_SIDE, FILM_SIDE, -1, -1};
    int n_warm = 0;

    memset(&area->mask, 0, sizeof area->mask);
    for (int i = 0; i < FILM_CELLS; i++) {
        const int x = i % FILM_SIDE;
        const int y = i / FILM_SIDE;
        if (area->warmth_ms[i] < WARM_MS)
            continue;
        n_warm++;
        all.left = x < all.left ? x : all.left;
        all.right = x > all.right ? x : all.right;
        all.top = y < all.top ? y : all.top;
        all.bottom = y > all.bottom ? y : all.bottom;
    }
    const int n_cells = (all.right - all.left + 1) * (all.bottom - all.top + 1);
    if (n_warm < LEAST_CELLS || n_warm * 100 < n_cells * WARM_PERCENT || n_cells > MOST_CELLS)
        return;
    cover(&area->mask, &all);
}

void film_area_learn(struct film_area *area, const struct plane *before, const struct plane *now,
                     int64_t step_ms)
{
    if (!is_comparable(before, now))
        return;
    for (int i = 0; i < FILM_CELLS; i++) {
        const uint32_t difference = cell_difference(before, now, i % FILM_SIDE, i / FILM_SIDE);
        warm(&area->warmth_ms[i], difference > CHANGED / 2, step_ms);
    }
    draw_mask(area);
}

enum slot_kind film_area_kind(const struct film_change *change)
{
    if (change->n_strong * 1000 >= (uint32_t)NEW_PERMILLE * FILM_CELLS)
        return SLOT_NEW;
    return change->n_changed * 1000 >= (uint32_t)MOVING_PERMILLE * FILM_CELLS ? SLOT_MOVING
                                                                              : SLOT_STILL;
}
