// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/sound_cut.h"

#include "transcoder/plan/chunk_list.h"

enum {
    HEAD_SEGMENTS = 2,
    HEAD_SEGMENT_S = 2,
    SHORTEST_REST_MS = 400, /* 6.4 s and a packet round to 6 */
};

static int64_t nearest_packet(const struct sound_cut *cut, int64_t time_ms)
{
    const int64_t unit = (int64_t)cut->packet_samples * 1000;

    return (time_ms * cut->sample_rate + unit / 2) / unit;
}

int64_t sound_cut_packets(const struct sound_cut *cut, int64_t duration_us)
{
    const int64_t unit = (int64_t)cut->packet_samples * 1000000;
    const int64_t n = (duration_us * cut->sample_rate + unit - 1) / unit;

    return n < 1 ? 1 : n;
}

/* Where segment number `segment` ends unless it is the last one. */
static int64_t end_ms(size_t segment)
{
    const int64_t n = (int64_t)segment + 1;
    const int64_t head = n < HEAD_SEGMENTS ? n : HEAD_SEGMENTS;

    return (head * HEAD_SEGMENT_S + (n - head) * SEGMENT_TARGET_S) * INT64_C(1000);
}

static bool is_last(size_t segment, int64_t duration_us)
{
    return (end_ms(segment) + SHORTEST_REST_MS) * 1000 > duration_us;
}

int64_t sound_cut_segment_end(const struct sound_cut *cut, size_t segment, int64_t duration_us)
{
    return is_last(segment, duration_us) ? sound_cut_packets(cut, duration_us)
                                         : nearest_packet(cut, end_ms(segment));
}

bool sound_cut_ends_part(size_t n)
{
    /* 4 s, 16 s, about a minute, then every five minutes */
    enum { FIRST = 2, SECOND = 4, THIRD = 12, LATER = 50 };

    return n == FIRST || n == SECOND || n == THIRD || (n > THIRD && (n - THIRD) % LATER == 0);
}

size_t sound_cut_segments(int64_t duration_us)
{
    size_t n = 1;

    while (!is_last(n - 1, duration_us))
        n++;
    return n;
}

uint32_t sound_cut_parts(int64_t duration_us)
{
    const size_t n_segments = sound_cut_segments(duration_us);
    uint32_t n = 1; /* the last one */

    for (size_t i = 1; i < n_segments; i++)
        n += sound_cut_ends_part(i);
    return n;
}
