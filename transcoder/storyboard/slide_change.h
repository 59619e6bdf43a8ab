// SPDX-License-Identifier: GPL-3.0-or-later
/* slide_change.h - whether a calm picture is another slide than the calm picture before it. Pure.
 *
 * Pictures are compared by squares, eighty along the longer side whatever their size, so that small
 * pictures are judged as large ones are. Another slide takes something away that was there: two
 * lines of text are enough. What only adds (a point of a list, ink) is the same slide, unless it
 * adds a lot. */
#ifndef TRANSCODER_STORYBOARD_SLIDE_CHANGE_H
#define TRANSCODER_STORYBOARD_SLIDE_CHANGE_H

#include <stdbool.h>

#include "transcoder/storyboard/film_area.h"
#include "transcoder/video/ssim.h"

/* Pictures of different sizes are different. What one of the masks says is a film does not count;
 * both may be NULL. */
bool slide_change_is_other(const struct plane *before, const struct plane *now,
                           const struct film_mask *a, const struct film_mask *b);

#endif
