// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/storyboard/slide_change.h"

#include <stdint.h>
#include <stdlib.h>

enum {
    SQUARES = 80,         /* along the longer side */
    CHANGED = 8,          /* grey levels on average: more than what codecs do to an edge */
    DETAILED = 4,         /* mean distance from the mean: something is there */
    OTHER_PERMILLE = 80,  /* of squares that changed, */
    ERASED_PERMILLE = 15, /* or that changed and had something there */
};

/* The part of both pictures at (x, y). */
struct square {
    int x, y, width, height;
};

static const uint8_t *at(const struct plane *p, const struct square *s, int line)
{
    return p->data + (s->y + line) * p->stride + s->x;
}

static bool has_changed(const struct plane *before, const struct plane *now, const struct square *s)
{
    int64_t sum = 0;

    for (int line = 0; line < s->height; line++) {
        for (int x = 0; x < s->width; x++)
            sum += abs(at(before, s, line)[x] - at(now, s, line)[x]);
    }
    return sum > (int64_t)CHANGED * s->width * s->height;
}

static bool has_detail(const struct plane *p, const struct square *s)
{
    const int n = s->width * s->height;
    int64_t sum = 0;
    int64_t distance = 0;

    for (int line = 0; line < s->height; line++) {
        for (int x = 0; x < s->width; x++)
            sum += at(p, s, line)[x];
    }
    for (int line = 0; line < s->height; line++) {
        for (int x = 0; x < s->width; x++)
            distance += llabs((int64_t)at(p, s, line)[x] * n - sum);
    }
    return distance > (int64_t)DETAILED * n * n;
}

/* Whether the middle of a square is in the mask. */
static bool is_film(const struct film_mask *film, const struct plane *p, const struct square *s)
{
    const int column = (s->x + s->width / 2) * FILM_SIDE / p->width;
    const int row = (s->y + s->height / 2) * FILM_SIDE / p->height;

    return film && film->cells[row * FILM_SIDE + column];
}

bool slide_change_is_other(const struct plane *before, const struct plane *now,
                           const struct film_mask *a, const struct film_mask *b)
{
    const int longer = now->width > now->height ? now->width : now->height;
    const int side = longer / SQUARES > 2 ? longer / SQUARES : 2;
    int64_t n = 0;
    int64_t n_changed = 0;
    int64_t n_erased = 0;

    if (before->width != now->width || before->height != now->height)
        return true;
    for (int y = 0; y + side <= now->height; y += side) {
        for (int x = 0; x + side <= now->width; x += side) {
            const struct square square = {x, y, side, side};
            if (is_film(a, now, &square) || is_film(b, now, &square))
                continue;
            n++;
            if (!has_changed(before, now, &square))
                continue;
            n_changed++;
            n_erased += has_detail(before, &square);
        }
    }
    return n_changed * 1000 > n * OTHER_PERMILLE || n_erased * 1000 > n * ERASED_PERMILLE;
}
