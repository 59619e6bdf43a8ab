// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/socket/pacing.h"

enum { START_MS = 30 * 1000, START_FACTOR = 3, FACTOR = 2 };

uint32_t pacing_rate(uint32_t used_bytes_per_s, int64_t age_ms)
{
    const uint64_t factor = age_ms < START_MS ? START_FACTOR : FACTOR;
    const uint64_t rate = factor * used_bytes_per_s;

    return rate == 0 || rate > PACING_NONE ? PACING_NONE : (uint32_t)rate;
}
