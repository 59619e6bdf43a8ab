// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/frame_pace.h"

struct frame_pace frame_pace_start(uint32_t step, uint32_t longest)
{
    const int64_t long_ago = INT64_MIN / 2;

    return (struct frame_pace){.step = step,
                               .longest = longest,
                               .last = long_ago,
                               .last_changed = long_ago};
}

bool frame_pace_at(struct frame_pace *p, int64_t slot, bool is_new, bool is_cut)
{
    p->is_behind = p->is_behind || is_new;
    if (!is_cut && slot - p->last < p->longest &&
        !(p->is_behind && slot - p->last_changed >= p->step))
        return false;
    p->last_changed = p->is_behind && !is_cut ? slot : p->last_changed;
    p->last = slot;
    p->is_behind = false;
    return true;
}
