// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/source.h"

#include "common/err.h"

void source_forget_places(struct source *source)
{
    source->run_byte = 0;
    for (size_t i = 0; i < SOURCE_MAX_STREAMS; i++)
        source->places[i] = -1;
}

int64_t source_cut_us(const struct source *source, int stream)
{
    const struct picture_cut *cut = &source->cuts[stream % SOURCE_MAX_STREAMS];

    return cut->is_inside ? av_rescale_q(cut->start, source->format->streams[stream]->time_base,
                                         AV_TIME_BASE_Q)
                          : INT64_MIN;
}

int source_rewind(struct source *source)
{
    AVFormatContext *format = source->format;

    source_forget_places(source);
    if (avformat_seek_file(format, -1, INT64_MIN, INT64_MIN, INT64_MIN, 0) >= 0)
        return 0;
    if (avformat_seek_file(format, -1, INT64_MIN, 0, INT64_MAX, AVSEEK_FLAG_BYTE) >= 0)
        return 0;
    return ERR_UNSUPPORTED;
}

void source_select(struct source *source, int stream, const struct time_shifts *shifts)
{
    AVFormatContext *format = source->format;

    source->selected = stream;
    for (unsigned i = 0; i < format->nb_streams; i++)
        format->streams[i]->discard = (int)i == stream ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
    for (size_t i = 0; shifts && i < shifts->n; i++) {
        if (shifts->items[i].stream > 0 && shifts->items[i].stream < format->nb_streams)
            format->streams[shifts->items[i].stream]->discard = AVDISCARD_DEFAULT;
    }
}

bool source_us_is_sane(int64_t us)
{
    const int64_t century_us = INT64_C(100) * 366 * 86400 * 1000000;

    return us > -century_us && us < century_us;
}

bool source_time_is_sane(const AVStream *stream, int64_t ticks)
{
    const int64_t max_ticks = INT64_MAX / 4; /* a few of them can be added */

    return ticks > -max_ticks && ticks < max_ticks &&
           source_us_is_sane(av_rescale_q(ticks, stream->time_base, AV_TIME_BASE_Q));
}

static void drop_insane_times(const AVStream *stream, AVPacket *packet)
{
    if (!source_time_is_sane(stream, packet->pts))
        packet->pts = AV_NOPTS_VALUE;
    if (!source_time_is_sane(stream, packet->dts))
        packet->dts = AV_NOPTS_VALUE;
    if (!source_time_is_sane(stream, packet->duration))
        packet->duration = 0;
}

static void shift_packet(const AVStream *stream, const struct time_shifts *shifts, AVPacket *packet)
{
    const int64_t shift =
        av_rescale_q(time_shift_at(shifts, packet->pos), AV_TIME_BASE_Q, stream->time_base);

    if (packet->pts != AV_NOPTS_VALUE)
        packet->pts += shift;
    if (packet->dts != AV_NOPTS_VALUE)
        packet->dts += shift;
}

static void note_place(struct source *source, AVPacket *packet)
{
    if (packet->stream_index >= SOURCE_MAX_STREAMS)
        return;
    int64_t *place = &source->places[packet->stream_index];
    if (packet->pos < 0)
        packet->pos = *place;
    else
        *place = packet->pos;
}

/* A packet of a run that is over would be decoded between those of the next one. */
static bool is_of_earlier_run(struct source *source, const struct time_shifts *shifts,
                              const AVPacket *packet)
{
    const int64_t start = time_shift_start(shifts, packet->pos);

    if (start < source->run_byte)
        return true;
    if (packet->stream_index == source->selected ||
        packet->stream_index == (int)time_shift_stream(shifts, packet->pos, UINT32_MAX))
        source->run_byte = start;
    return false;
}

/* Whether the packet is of the selected stream or of one that goes on with it, which it then says
 * to be of. */
static bool take_selected(const struct source *source, const struct time_shifts *shifts,
                          AVPacket *packet)
{
    if (source->selected < 0 || packet->stream_index == source->selected)
        return true;
    const AVStream *from = source->format->streams[packet->stream_index];
    const AVStream *to = source->format->streams[source->selected];
    if (!shifts || time_shift_stream(shifts, packet->pos, (uint32_t)source->selected) !=
                       (uint32_t)packet->stream_index)
        return false;
    av_packet_rescale_ts(packet, from->time_base, to->time_base);
    packet->stream_index = source->selected;
    return true;
}

/* The picture that stands where a cut begins is shown from there on, like those before it: the last
 * one stays. */
static void show_cut_picture(const struct source *source, AVPacket *packet)
{
    const struct picture_cut *cut = &source->cuts[packet->stream_index % SOURCE_MAX_STREAMS];

    if (!cut->is_inside)
        return;
    if (packet->pts != AV_NOPTS_VALUE)
        packet->pts += cut->early;
    if (packet->dts != AV_NOPTS_VALUE)
        packet->dts += cut->early;
    if (packet->pts != AV_NOPTS_VALUE && packet->pts <= cut->start)
        packet->flags &= ~AV_PKT_FLAG_DISCARD;
}

bool source_stands_at(const struct source *source, int stream, int64_t time_us)
{
    const size_t index = (size_t)stream % SOURCE_MAX_STREAMS;

    return track_stand_at(source->stands[index].items, source->stands[index].n, time_us) != NULL;
}

/* Where an edit stands still, pictures are decoded for those behind it and sound is none. Returns
 * whether the packet is one to give out. */
static bool stand_still(const struct source *source, AVPacket *packet)
{
    const AVStream *stream = source->format->streams[packet->stream_index];

    if (packet->pts == AV_NOPTS_VALUE ||
        !source_stands_at(source, packet->stream_index,
                          av_rescale_q(packet->pts, stream->time_base, AV_TIME_BASE_Q)))
        return true;
    packet->flags |= AV_PKT_FLAG_DISCARD;
    return stream->codecpar->codec_type == AVMEDIA_TYPE_VIDEO;
}

static bool prepare_packet(struct source *source, const struct time_shifts *shifts,
                           AVPacket *packet)
{
    const AVStream *stream = source->format->streams[packet->stream_index];

    drop_insane_times(stream, packet);
    /* What libav takes for an edit is a clock that started again. */
    if (source->is_fragmented)
        packet->flags &= ~AV_PKT_FLAG_DISCARD;
    show_cut_picture(source, packet);
    if (!stand_still(source, packet))
        return false;
    if (shifts)
        shift_packet(stream, shifts, packet);
    return true;
}

int source_read(struct source *source, const struct time_shifts *shifts, AVPacket *packet)
{
    /* A demuxer that cannot get past a broken place. A packet that is said to be larger than all
     * memory is one too. */
    enum { MAX_ERRORS = 1000 };

    for (int n_errors = 0; n_errors < MAX_ERRORS;) {
        const int err = av_read_frame(source->format, packet);
        if (err == AVERROR_EOF)
            return ERR_NOT_FOUND;
        if (err < 0) {
            n_errors++;
            continue;
        }
        note_place(source, packet);
        if (shifts && is_of_earlier_run(source, shifts, packet)) {
            av_packet_unref(packet);
            continue;
        }
        if (source->format->streams[packet->stream_index]->discard < AVDISCARD_ALL &&
            take_selected(source, shifts, packet) && prepare_packet(source, shifts, packet))
            return 0;
        av_packet_unref(packet);
    }
    return ERR_NOT_FOUND;
}

bool source_may_jump(const struct source *source)
{
    return (source->format->iformat->flags & AVFMT_TS_DISCONT) != 0;
}
