// SPDX-License-Identifier: GPL-3.0-or-later
/* drift.h - what to do when sound is not where its timestamps want it. Pure.
 *
 * Containers round times and recorders' clocks drift: small distances are closed by stretching,
 * 2 % at most, which nobody hears in speech. A large one is a real gap or overlap, and closed at
 * once. */
#ifndef TRANSCODER_AUDIO_DRIFT_H
#define TRANSCODER_AUDIO_DRIFT_H

#include <stdbool.h>
#include <stdint.h>

enum drift_kind {
    DRIFT_KEEP,
    DRIFT_STRETCH, /* by `samples` (negative: shrink) over the next `over_samples` */
    DRIFT_SILENCE, /* insert `samples` */
    DRIFT_DROP,    /* leave out `samples` */
};

struct drift_step {
    enum drift_kind kind;
    int samples;
    int over_samples;
};

/* late_samples: how much later than it is placed the next sample should be, at 48 kHz. The first
 * samples of a lecture are placed exactly. */
struct drift_step drift_decide(int64_t late_samples, bool is_first);

#endif
