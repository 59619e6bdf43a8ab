// SPDX-License-Identifier: GPL-3.0-or-later
/* frame_grid.h - the instants at which pictures may be shown: slot k is at k / rate seconds.
 *
 * All rungs take their pictures from one grid, whatever the source's own timing, so frames, chunks
 * and segments of all rungs line up by construction. Times are exact: a slot is a whole number of
 * ticks. Pure. */
#ifndef TRANSCODER_PLAN_FRAME_GRID_H
#define TRANSCODER_PLAN_FRAME_GRID_H

#include <stddef.h>
#include <stdint.h>

struct frame_grid {
    uint32_t rate_num, rate_den; /* slots per second, lowest terms */
    uint32_t timescale;          /* ticks per second */
    uint32_t slot_ticks;
};

/* How the frames of a source are spaced. A distance is regular when it is about the median one. */
struct frame_spacing {
    uint64_t n_frames;
    int64_t span_us;    /* from the first frame to the last one */
    uint64_t n_regular; /* distances between neighbours that are regular */
    int64_t regular_us; /* sum of those */
};

/* Measures the spacing of frames with these times, which it sorts. */
struct frame_spacing frame_spacing_measure(int64_t *times_us, size_t n);

/* The grid for a source: its own rate when 9 in 10 distances are regular, halved until it is at
 * most 30; a whole multiple of it when it is below 5, so that no gap exceeds 200 ms; the nearer of
 * 25 and 30 for a source of irregular or unknown rate. */
struct frame_grid frame_grid_choose(const struct frame_spacing *spacing);

/* A grid of that rate, both parts > 0. */
struct frame_grid frame_grid_of(uint32_t rate_num, uint32_t rate_den);

/* The time of a slot, rounded down. */
int64_t frame_grid_slot_us(const struct frame_grid *grid, int64_t slot);

/* How many slots start before that time. */
int64_t frame_grid_slots_before(const struct frame_grid *grid, int64_t time_us);

/* The slot that is nearest to that time. */
int64_t frame_grid_nearest_slot(const struct frame_grid *grid, int64_t time_us);

#endif
