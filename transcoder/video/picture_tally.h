// SPDX-License-Identifier: GPL-3.0-or-later
/* picture_tally.h - which of the pictures that packets promise a decoder gave. Pure.
 *
 * Pictures come out in the order of their times. So when one comes, those of earlier packets that
 * have not come never will: from the first of them until it, another picture stands in their place.
 * Times are microseconds. */
#ifndef TRANSCODER_VIDEO_PICTURE_TALLY_H
#define TRANSCODER_VIDEO_PICTURE_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "common/package/tally.h"

enum { PICTURE_TALLY_MAX_PENDING = 64 }; /* four times what any decoder holds back */

struct picture_tally {
    int64_t pending_us[PICTURE_TALLY_MAX_PENDING]; /* in the order of their packets */
    size_t n_pending;
    int64_t first_us; /* of what was given; INT64_MAX for nothing */
    struct span_list left;
};

struct picture_tally picture_tally_empty(void);

/* A packet whose picture is to be shown at that time. */
void picture_tally_offer(struct picture_tally *tally, int64_t time_us);

/* A picture came. */
void picture_tally_take(struct picture_tally *tally, int64_t time_us);

/* No more will come. */
void picture_tally_end(struct picture_tally *tally);

/* What it means for these seconds: pictures stand until the next one. */
void picture_tally_report(const struct picture_tally *tally, struct time_span seconds,
                          struct tally *ret_tally);

#endif
