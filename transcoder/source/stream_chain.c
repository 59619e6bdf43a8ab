// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/stream_chain.h"

#include <libavutil/avstring.h>

#include "common/err.h"

/* Where in the file a stream's packets are. Their order is another one: the last picture of a
 * packet id comes when the file ends. */
struct extent {
    bool has_packets;
    int64_t first, last; /* bytes */
};

static void note(struct extent *extents, const AVPacket *packet)
{
    if (packet->stream_index >= SOURCE_MAX_STREAMS || packet->pos < 0)
        return;
    struct extent *extent = &extents[packet->stream_index];
    if (!extent->has_packets)
        *extent = (struct extent){.has_packets = true, .first = packet->pos, .last = packet->pos};
    extent->first = packet->pos < extent->first ? packet->pos : extent->first;
    extent->last = packet->pos > extent->last ? packet->pos : extent->last;
}

static int read_extents(struct source *source, struct link *link, struct extent *extents)
{
    AVPacket *packet = av_packet_alloc();
    int err = packet ? 0 : ERR_NO_MEMORY;

    while (!err) {
        err = source_read(source, NULL, packet);
        if (err)
            break;
        note(extents, packet);
        if (source->size_bytes > 0 && packet->pos >= 0)
            link_progress(link, STAGE_PLAN, packet->pos * 450 / source->size_bytes, 0);
        av_packet_unref(packet);
    }
    av_packet_free(&packet);
    return err == ERR_NOT_FOUND ? 0 : err;
}

static bool can_go_on(const struct source *source, const struct extent *extents, int from, int to)
{
    const AVCodecParameters *a = source->format->streams[from]->codecpar;
    const AVCodecParameters *b = source->format->streams[to]->codecpar;

    return a->codec_type == b->codec_type && a->codec_id == b->codec_id &&
           extents[from].has_packets && extents[to].has_packets &&
           extents[from].last < extents[to].first;
}

/* The stream that ended last before `to` began, and with which none goes on yet; else -1. */
static int find_before(const struct source *source, const struct extent *extents,
                       const bool *is_continued, int to, int n)
{
    int best = -1;

    for (int from = 0; from < n; from++) {
        if (!is_continued[from] && can_go_on(source, extents, from, to) &&
            (best < 0 || extents[from].last > extents[best].last))
            best = from;
    }
    return best;
}

static void join(const struct source *source, const struct extent *extents, int n,
                 struct stream_chain *chain)
{
    bool is_continued[SOURCE_MAX_STREAMS] = {false};

    for (int to = 0; to < n; to++) {
        const int from = find_before(source, extents, is_continued, to, n);
        if (from < 0)
            continue;
        is_continued[from] = true;
        chain->head[to] = chain->head[from];
    }
}

int stream_chain_find(struct source *source, struct link *link, struct stream_chain *ret_chain)
{
    struct extent extents[SOURCE_MAX_STREAMS] = {0};

    for (int i = 0; i < SOURCE_MAX_STREAMS; i++)
        ret_chain->head[i] = i;
    if (!av_strstart(source->format->iformat->name, "mpegts", NULL))
        return 0;
    const int err = read_extents(source, link, extents);
    const unsigned n = source->format->nb_streams;
    if (!err)
        join(source, extents, n < SOURCE_MAX_STREAMS ? (int)n : SOURCE_MAX_STREAMS, ret_chain);
    return err;
}
