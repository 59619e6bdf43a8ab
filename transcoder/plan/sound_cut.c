// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/sound_cut.h"

#include "transcoder/plan/chunk_list.h"

enum {
    HEAD_SEGMENTS = 2,
    HEAD_SEGMENT_S = 2,
    SHORTEST_REST_MS = 500,
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

int64_t sound_cut_segment_end(const struct sound_cut *cut, size_t segment, int64_t n_packets)
{
    const int64_t n = (int64_t)segment + 1;
    const int64_t head = n < HEAD_SEGMENTS ? n : HEAD_SEGMENTS;
    const int64_t end_ms = (head * HEAD_SEGMENT_S + (n - head) * SEGMENT_TARGET_S) * INT64_C(1000);
    const int64_t end = nearest_packet(cut, end_ms);

    return end + nearest_packet(cut, SHORTEST_REST_MS) > n_packets ? n_packets : end;
}

bool sound_cut_ends_part(size_t n)
{
    /* 4 s, 16 s, about a minute, then every five minutes */
    enum { FIRST = 2, SECOND = 4, THIRD = 12, LATER = 50 };

    return n == FIRST || n == SECOND || n == THIRD || (n > THIRD && (n - THIRD) % LATER == 0);
}

uint32_t sound_cut_parts(const struct sound_cut *cut, int64_t n_packets)
{
    uint32_t n = 0;

    for (size_t segment = 0;; segment++) {
        const bool is_last = sound_cut_segment_end(cut, segment, n_packets) == n_packets;
        if (is_last || sound_cut_ends_part(segment + 1))
            n++;
        if (is_last)
            return n;
    }
}
