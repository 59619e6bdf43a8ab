// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/segment_cut.h"

enum { MOVING_TENTH = 10 }; /* a segment of which more moves is not still */

/* Rounded down: nothing exceeds its limit. */
static int64_t slots_of(const struct frame_grid *grid, int64_t seconds)
{
    return seconds * grid->rate_num / grid->rate_den;
}

struct segment_cut segment_cut_start(const struct frame_grid *grid, const struct chunk *chunk)
{
    return (struct segment_cut){.grid = grid, .chunk = *chunk, .first = chunk->first_slot};
}

int64_t segment_cut_wants(const struct frame_grid *grid)
{
    return slots_of(grid, SEGMENT_SHIFT_S) + 1;
}

static bool is_head(const struct segment_cut *cut)
{
    return cut->first < slots_of(cut->grid, SEGMENT_HEAD_S) * SEGMENT_N_HEADS;
}

static bool has_new_within(const uint8_t *ahead, int64_t n)
{
    for (int64_t i = 1; i < n; i++) {
        if (ahead[i] == SLOT_NEW)
            return true;
    }
    return false;
}

static bool ends_here(const struct segment_cut *cut, int64_t slot, const uint8_t *ahead,
                      int64_t n_ahead)
{
    const struct frame_grid *grid = cut->grid;
    const int64_t length = slot - cut->first;
    const int64_t rest = cut->chunk.first_slot + cut->chunk.n_slots - slot;
    const int64_t shift = slots_of(grid, SEGMENT_SHIFT_S);
    const int64_t nominal = slots_of(grid, SEGMENT_NOMINAL_S);
    const int64_t longest = slots_of(grid, SEGMENT_LONGEST_S);
    const bool is_still = (int64_t)cut->n_moving * MOVING_TENTH <= length;

    if (is_head(cut))
        return length == slots_of(grid, SEGMENT_HEAD_S) && rest >= length;
    if (rest < shift || length < nominal - shift)
        return false;
    if (length >= longest || (rest == shift && length + rest > longest))
        return true; /* later, the rest would be too short or this too long */
    if (ahead[0] == SLOT_NEW)
        return true;
    if (length < nominal || length + rest <= nominal + shift)
        return false;
    if (is_still)
        return ahead[0] == SLOT_MOVING && length > nominal;
    if (length >= nominal + shift)
        return true;
    return !has_new_within(ahead, n_ahead < nominal + shift - length + 1
                                      ? n_ahead
                                      : nominal + shift - length + 1);
}

bool segment_cut_at(struct segment_cut *cut, int64_t slot, const uint8_t *ahead, int64_t n_ahead)
{
    const bool is_cut = slot == cut->chunk.first_slot || ends_here(cut, slot, ahead, n_ahead);

    if (is_cut) {
        cut->first = slot;
        cut->n_moving = 0;
    } else {
        cut->n_moving += ahead[0] != SLOT_STILL;
    }
    return is_cut;
}
