// SPDX-License-Identifier: GPL-3.0-or-later
/* picture_facts.h - what the first decoded pictures of a source show that its headers may not. */
#ifndef TRANSCODER_VIDEO_PICTURE_FACTS_H
#define TRANSCODER_VIDEO_PICTURE_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "transcoder/fault.h"
#include "transcoder/plan/plan.h"
#include "transcoder/source/orientation.h"
#include "transcoder/source/source.h"

struct picture_facts {
    int64_t first_us; /* when the first picture is shown, in the source's time */
    uint32_t coded_width, coded_height;
    uint32_t width, height; /* upright, square pixels */
    struct orientation orientation;
    bool is_interlaced;
    struct plan_colour colour;
};

/* Decodes the first pictures of that stream; the source stands anywhere afterwards.
 * FAILURE_NO_STREAM when none can be decoded, FAILURE_CODEC_UNSUPPORTED when it is not known what
 * their colours mean. */
int picture_facts_find(struct source *source, int stream, struct fault *fault,
                       struct picture_facts *ret_facts);

/* Looks at pictures all over the stream, which ends at `end_us`, and sets the size to plan for
 * (picture_size.h). `shifts` are the survey's. What cannot be decoded is passed over. Returns 0, or
 * ERR_NO_MEMORY. */
int picture_facts_find_size(struct source *source, int stream, const struct time_shifts *shifts,
                            int64_t end_us, struct picture_facts *facts);

#endif
