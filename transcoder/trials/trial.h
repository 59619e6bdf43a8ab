// SPDX-License-Identifier: GPL-3.0-or-later
/* trial.h - what a candidate for a rung costs and how it looks: windows of the lecture encoded,
 * decoded, scaled to the display and compared with what is shown there in the source, at moments
 * that are not those of its frames. */
#ifndef TRANSCODER_TRIALS_TRIAL_H
#define TRANSCODER_TRIALS_TRIAL_H

#include "transcoder/fault.h"
#include "transcoder/plan/plan.h"
#include "transcoder/trials/window.h"

/* Sets bps and quality_mdb of *trial: bits of first pictures spread over a segment of segment_ms,
 * and bits of the others over the windows, which are at least one. *picture gives grid and colour.
 * Returns 0 or a negative ERR_ with the reason in *fault. */
int trial_run(const struct plan_picture *picture, const struct window_list *windows,
              uint32_t segment_ms, struct fault *fault, struct ladder_trial *trial);

#endif
