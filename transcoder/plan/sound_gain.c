// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/sound_gain.h"

enum {
    MAX_GAIN = 2400,
    MIN_GAIN = -3000,
    MAX_LIMITED = 1000, /* what the limiter may be left to do; more is heard */
};

int32_t sound_gain_choose(const struct sound_level *level)
{
    int32_t gain = SOUND_TARGET_CENTI_LUFS - level->centi_lufs;

    if (level->centi_lufs <= SOUND_SILENT_CENTI_LUFS)
        return 0;
    if (gain > MAX_LIMITED - level->peak_centi_dbfs)
        gain = MAX_LIMITED - level->peak_centi_dbfs;
    if (gain > MAX_GAIN)
        return MAX_GAIN;
    return gain < MIN_GAIN ? MIN_GAIN : gain;
}
