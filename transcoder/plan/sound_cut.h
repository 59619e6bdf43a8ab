// SPDX-License-Identifier: GPL-3.0-or-later
/* sound_cut.h - where sound is cut into segments and parts. Pure.
 *
 * Sound has its own segments, as long as those of the picture: two of 2 s, then 6 s, each to the
 * nearest packet of a rendition; all renditions have the same number of them. Parts grow: a few
 * seconds first, so that one can listen early; minutes later. */
#ifndef TRANSCODER_PLAN_SOUND_CUT_H
#define TRANSCODER_PLAN_SOUND_CUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sound_cut {
    uint32_t sample_rate;
    uint32_t packet_samples;
};

/* Packets that hold that much time, rounded up; at least 1. */
int64_t sound_cut_packets(const struct sound_cut *cut, int64_t duration_us);

/* The first packet behind that segment of a lecture that long. A rest that is too short for a
 * segment of its own goes with the last one. */
int64_t sound_cut_segment_end(const struct sound_cut *cut, size_t segment, int64_t duration_us);

/* Segments and parts that a lecture of that length has, whatever its packets. */
size_t sound_cut_segments(int64_t duration_us);
uint32_t sound_cut_parts(int64_t duration_us);

/* Whether a part ends with the n-th segment (n counted from 1), when it is not the last one. */
bool sound_cut_ends_part(size_t n);

#endif
