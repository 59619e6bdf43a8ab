// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/audio/drift.h"

enum {
    TOLERATED = 96,     /* 2 ms: rounding of timestamps */
    STRETCHABLE = 2880, /* 60 ms: times of browsers' recordings jump about by that much */
    MAX_STRETCH = 960,  /* of STRETCH_OVER: 2 %, which closes 60 ms to 20 ms in two seconds */
    STRETCH_OVER = 48000,
    MAX_GAP = INT32_MAX / 2, /* six hours; what follows is late by the rest */
};

static int clamp(int64_t value, int limit)
{
    if (value > limit)
        return limit;
    return value < -limit ? -limit : (int)value;
}

struct drift_step drift_decide(int64_t late_samples, bool is_first)
{
    const int64_t distance = late_samples < 0 ? -late_samples : late_samples;

    if (distance == 0 || (!is_first && distance <= TOLERATED))
        return (struct drift_step){.kind = DRIFT_KEEP};
    if (!is_first && distance <= STRETCHABLE)
        return (struct drift_step){.kind = DRIFT_STRETCH,
                                   .samples = clamp(late_samples, MAX_STRETCH),
                                   .over_samples = STRETCH_OVER};
    return (struct drift_step){.kind = late_samples > 0 ? DRIFT_SILENCE : DRIFT_DROP,
                               .samples = clamp(distance, MAX_GAP)};
}
