// SPDX-License-Identifier: GPL-3.0-or-later
/* av1_ladder.h - the AV1 rungs that stand beside those of H.264. Pure.
 *
 * A player chooses one codec at the start and stays with it, so the ladder is complete: each rung
 * of H.264 has one of AV1 with the same pictures, the same cap and the same sound. How coarse it
 * may be to look as good is tried on the lecture. */
#ifndef TRANSCODER_PLAN_AV1_LADDER_H
#define TRANSCODER_PLAN_AV1_LADDER_H

#include "transcoder/plan/plan.h"

#define AV1_LADDER_PRESET "6" /* libaom's cpu-used */

/* Fills `trials` with what is to be tried for a picture whose rungs are all of H.264: each at
 * LADDER_TRIALS_EACH qualities, the best one first. Returns how many. */
size_t av1_ladder_candidates(const struct plan_picture *picture,
                             struct ladder_trial trials[LADDER_MAX_TRIALS]);

/* Adds the rungs. `trials` are those of av1_ladder_candidates(), run, or n is 0. */
void av1_ladder_add(struct plan_picture *picture, const struct ladder_trial *trials, size_t n);

#endif
