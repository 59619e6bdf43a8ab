// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/picture_cut.h"

#include "common/err.h"
#include "transcoder/source/edit_start.h"

/* The first packet of the stream from there on that stands at that place of the file (-1: any). */
static bool find_packet(const struct source *like, bool has_edits, int stream, int64_t from,
                        int64_t *place, int64_t *ret_pts)
{
    enum { MAX_PACKETS = 5000 };
    CLEANUP(source_close) struct source *source = NULL;
    struct fault ignored = {0};
    AVPacket *packet = av_packet_alloc();
    bool is_found = false;

    int err = packet ? source_open_plain(like->fd, like->size_bytes, has_edits, &ignored, &source)
                     : ERR_NO_MEMORY;
    if (!err) {
        source_select(source, stream, NULL);
        (void)av_seek_frame(source->format, stream, from, AVSEEK_FLAG_BACKWARD);
    }
    for (int i = 0; !err && !is_found && i < MAX_PACKETS; i++) {
        err = source_read(source, NULL, packet);
        is_found = !err && packet->pts != AV_NOPTS_VALUE && (*place < 0 || packet->pos == *place);
        if (is_found) {
            *place = packet->pos;
            *ret_pts = packet->pts;
        }
        if (!err)
            av_packet_unref(packet);
    }
    av_packet_free(&packet);
    return is_found;
}

/* Whether libav takes the first pictures of the stream for ones that an edit leaves out. */
static bool begins_discarded(AVStream *stream)
{
    return stream->codecpar->codec_type == AVMEDIA_TYPE_VIDEO &&
           avformat_index_get_entries_count(stream) > 0 &&
           (avformat_index_get_entry(stream, 0)->flags & AVINDEX_DISCARD_FRAME) != 0;
}

static void find_cut(struct source *source, int index)
{
    AVStream *stream = source->format->streams[index];
    struct track_edit edit;
    int64_t place = -1;
    int64_t shown;
    int64_t media_time;

    if (!begins_discarded(stream) || stream->time_base.num != 1 ||
        track_edit_find(source->fd, source->size_bytes, (uint32_t)stream->id,
                        (uint32_t)stream->time_base.den, &edit) ||
        !find_packet(source, true, index, INT64_MIN / 2, &place, &shown) ||
        !find_packet(source, false, index, edit.media_time, &place, &media_time))
        return;
    source->cuts[index] = (struct picture_cut){.is_inside = true,
                                               .early = edit_start_early(&edit, shown, media_time),
                                               .start = edit.empty};
}

void picture_cuts_find(struct source *source)
{
    if (!source->is_mp4 || source->is_fragmented)
        return;
    for (unsigned i = 0; i < source->format->nb_streams && i < SOURCE_MAX_STREAMS; i++) {
        find_cut(source, (int)i);
        source->stands[i].n =
            track_stands_find(source->fd, source->size_bytes,
                              (uint32_t)source->format->streams[i]->id, source->stands[i].items);
    }
}
