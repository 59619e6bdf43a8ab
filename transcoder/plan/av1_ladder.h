// SPDX-License-Identifier: GPL-3.0-or-later
/* av1_ladder.h - the AV1 rungs that stand beside those of H.264. Pure.
 *
 * A player chooses one codec at the start and stays with it, so the ladder is complete: each rung
 * of H.264 has one of AV1 with the same pictures and the same sound, at the quality that looks as
 * good. */
#ifndef TRANSCODER_PLAN_AV1_LADDER_H
#define TRANSCODER_PLAN_AV1_LADDER_H

#include "transcoder/plan/plan.h"

/* Adds them to a picture whose rungs are all of H.264. */
void av1_ladder_add(struct plan_picture *picture);

#endif
