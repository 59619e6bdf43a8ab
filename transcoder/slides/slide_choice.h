// SPDX-License-Identifier: GPL-3.0-or-later
/* slide_choice.h - which of a lecture's calm pictures are kept as its slides, and from when on each
 * is shown. Pure.
 *
 * They are at least SLIDE_APART_US apart, and at most SLIDE_MOST_AN_HOUR an hour; a lecture that is
 * shorter may have a few more than its share. Over that, pictures between a slide's first and last
 * state go first, those that would be shown for the shortest time before others. What takes a
 * picture's place is shown from that picture's time on, so that each slide is there in time: with
 * ink on it that is still to come, rather than not at all. */
#ifndef TRANSCODER_SLIDES_SLIDE_CHOICE_H
#define TRANSCODER_SLIDES_SLIDE_CHOICE_H

#include <stddef.h>
#include <stdint.h>

#define SLIDE_APART_US INT64_C(5000000)
enum { SLIDE_MOST_AN_HOUR = 100, SLIDE_FEW = 10 };

struct slide_candidate {
    int64_t start_us; /* since when it looks so; then, since when it is shown */
    uint32_t slide;   /* whose state it is: they are counted from 1; 0: before the first */
    uint32_t chunk, state;
};

/* Keeps some of n candidates, which are in order of time, at the start of the list. Returns how
 * many. */
size_t slide_choice_make(struct slide_candidate *list, size_t n, int64_t duration_us);

/* At most so many are kept. */
size_t slide_choice_most(int64_t duration_us);

#endif
