// SPDX-License-Identifier: GPL-3.0-or-later
/* sound_gain.h - how much louder or softer a sound is made. Pure.
 *
 * Every lecture is brought to -16 LUFS (EBU R128 / ITU-R BS.1770), which a phone's small speaker
 * makes audible and broadcast's -23 does not. Values are hundredths of LUFS, dBFS and dB. */
#ifndef TRANSCODER_PLAN_SOUND_GAIN_H
#define TRANSCODER_PLAN_SOUND_GAIN_H

#include <stdint.h>

enum {
    SOUND_TARGET_CENTI_LUFS = -1600,
    SOUND_SILENT_CENTI_LUFS = -7000, /* the absolute gate: softer than that is silence */
};

/* What was measured on samples of a sound. */
struct sound_level {
    int32_t centi_lufs;      /* integrated loudness; at most SOUND_SILENT_CENTI_LUFS: silent */
    int32_t peak_centi_dbfs; /* of the samples */
};

/* The gain in hundredths of dB. Silence is left alone, noise is not blown up without end, and the
 * limiter behind it never has to take back more than 10 dB of the peaks that were seen. */
int32_t sound_gain_choose(const struct sound_level *level);

#endif
