// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/frame_pace.h"

uint32_t frame_pace_longest(const struct frame_grid *grid, uint32_t step)
{
    enum { GAPS_PER_S = 5, CLOSED_MS = 80 };
    const uint32_t closed =
        (uint32_t)((uint64_t)grid->rate_num * CLOSED_MS / (UINT64_C(1000) * grid->rate_den));
    const uint32_t longest = grid->rate_num / (GAPS_PER_S * grid->rate_den);

    if (longest <= step)
        return step;
    return step + closed < longest ? step + closed : longest;
}

struct frame_pace frame_pace_start(uint32_t step, uint32_t longest)
{
    const int64_t long_ago = INT64_MIN / 2;

    return (struct frame_pace){.step = step,
                               .longest = longest,
                               .greatest = step,
                               .last = long_ago,
                               .last_changed = long_ago};
}

bool frame_pace_at(struct frame_pace *p, int64_t slot, bool is_new, bool is_cut)
{
    const int64_t gap = slot - p->last;
    const int64_t longest = p->longest < 2 * p->greatest ? p->longest : 2 * p->greatest;

    p->is_behind = p->is_behind || is_new;
    if (!is_cut && gap < longest && !(p->is_behind && slot - p->last_changed >= p->step))
        return false;
    p->greatest = is_cut ? p->step : gap > p->greatest ? gap : p->greatest;
    p->last_changed = p->is_behind && !is_cut ? slot : p->last_changed;
    p->last = slot;
    p->is_behind = false;
    return true;
}
