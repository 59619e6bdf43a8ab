// SPDX-License-Identifier: GPL-3.0-or-later
/* sound_lane.h - one sound rendition on its way into files: converted, encoded, cut into segments
 * and parts. A lane makes its share of one part after the other. One thread. */
#ifndef TRANSCODER_STAGES_SOUND_LANE_H
#define TRANSCODER_STAGES_SOUND_LANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "common/package/package.h"
#include "transcoder/fault.h"
#include "transcoder/link.h"
#include "transcoder/plan/plan.h"

struct sound_lane; /* opaque */

struct sound_lane_config {
    struct link *link;              /* borrowed */
    const struct plan_sound *sound; /* borrowed */
    size_t rung;                    /* of the sound */
    int n_channels;                 /* that are fed */
    int64_t duration_us;            /* of the lecture */
};

int sound_lane_open(const struct sound_lane_config *config, struct fault *fault,
                    struct sound_lane **ret_lane);
void sound_lane_free(struct sound_lane *lane);
DEFINE_CLEANUP(sound_lane_free, struct sound_lane *)

/* Takes the next n samples at 48 kHz. When the lane's share of the part is made, the rest is kept
 * and the lane is waiting. Returns 0 or a negative ERR_. */
int sound_lane_feed(struct sound_lane *lane, float *const *planes, size_t n);

/* Whether the lane's share of the part is made. */
bool sound_lane_is_waiting(const struct sound_lane *lane);

/* Whether all of the rendition is made. */
bool sound_lane_is_done(const struct sound_lane *lane);

/* Adds the share of a waiting lane to *part and goes on with the next part. Returns 0 or a negative
 * ERR_. */
int sound_lane_hand_over(struct sound_lane *lane, struct package *part);

#endif
