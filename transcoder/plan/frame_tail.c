// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/frame_tail.h"

#include <assert.h>

struct frame_tail frame_tail_start(uint32_t step, uint32_t longest)
{
    return (struct frame_tail){.step = step, .longest = longest};
}

bool frame_tail_next(struct frame_tail *t, int64_t slot, int64_t *ret_slot)
{
    if (t->n_held == 0 || slot - t->held[0] < t->step)
        return false;
    *ret_slot = t->last = t->held[0];
    t->held[0] = t->held[1];
    t->n_held--;
    return true;
}

void frame_tail_hold(struct frame_tail *t, int64_t slot)
{
    assert(t->n_held < FRAME_TAIL_MAX);
    t->held[t->n_held++] = slot;
}

bool frame_tail_cut(struct frame_tail *t, int64_t slot, int64_t *ret_slot)
{
    const bool is_needed = t->n_held > 0 && slot - t->last > t->longest;

    if (is_needed)
        *ret_slot = slot - t->step;
    t->n_held = 0;
    t->last = slot;
    return is_needed;
}
