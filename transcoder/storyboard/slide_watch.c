// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/storyboard/slide_watch.h"

struct slide_watch slide_watch_start(const struct frame_grid *grid, int64_t first_slot)
{
    const int64_t settle = (int64_t)SLIDE_SETTLE_MS * grid->rate_num / grid->rate_den / 1000;

    return (struct slide_watch){.settle_slots = settle > 0 ? settle : 1,
                                .is_busy = true,
                                .first_busy = first_slot,
                                .last_busy = first_slot};
}

enum slide_event slide_watch_at(struct slide_watch *watch, int64_t slot, enum slot_kind kind)
{
    if (kind != SLOT_STILL) {
        const bool was_busy = watch->is_busy;
        if (!watch->has_run)
            watch->first_busy = slot;
        watch->has_run = true;
        watch->is_busy = true;
        watch->last_busy = slot;
        return was_busy ? SLIDE_NOTHING : SLIDE_LEFT;
    }
    if (!watch->is_busy || slot - watch->last_busy < watch->settle_slots)
        return SLIDE_NOTHING;
    watch->is_busy = false;
    watch->has_run = false;
    return SLIDE_SETTLED;
}

int64_t slide_start_us(int64_t first_busy_us, int64_t last_busy_us)
{
    const int64_t longest = (int64_t)SLIDE_TRANSITION_MS * 1000;

    return last_busy_us - first_busy_us <= longest ? first_busy_us : last_busy_us;
}
