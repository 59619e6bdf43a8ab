// SPDX-License-Identifier: GPL-3.0-or-later
#include <libavutil/channel_layout.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/json_writer.h"
#include "transcoder/source/allow_list.h"
#include "transcoder/source/source.h"
#include "transcoder/stages/stage.h"

enum { OUTPUT_LIMIT = 64 << 10 };

static const char *type_of(enum AVMediaType type)
{
    switch (type) {
    case AVMEDIA_TYPE_VIDEO:
        return "video";
    case AVMEDIA_TYPE_AUDIO:
        return "audio";
    case AVMEDIA_TYPE_SUBTITLE:
        return "subtitle";
    default:
        return "data";
    }
}

static void write_picture(const AVStream *stream, struct buf *out)
{
    json_put_int(out, "width", stream->codecpar->width);
    json_put_int(out, "height", stream->codecpar->height);
    json_begin_array(out, "frame_rate");
    json_put_int(out, NULL, stream->avg_frame_rate.num);
    json_put_int(out, NULL, stream->avg_frame_rate.den);
    json_end_array(out);
    json_put_bool(out, "cover_art", (stream->disposition & AV_DISPOSITION_ATTACHED_PIC) != 0);
}

static void write_stream(const AVStream *stream, struct buf *out)
{
    const AVCodecParameters *codec = stream->codecpar;

    json_begin_object(out, NULL);
    json_put_int(out, "index", stream->index);
    json_put_text(out, "type", type_of(codec->codec_type));
    json_put_text(out, "codec", avcodec_get_name(codec->codec_id));
    json_put_bool(out, "accepted", allow_list_decoder(codec->codec_id));
    if (codec->codec_type == AVMEDIA_TYPE_VIDEO)
        write_picture(stream, out);
    if (codec->codec_type == AVMEDIA_TYPE_AUDIO) {
        json_put_int(out, "sample_rate", codec->sample_rate);
        json_put_int(out, "channels", codec->ch_layout.nb_channels);
    }
    json_end_object(out);
}

static void write_facts(const struct source *source, struct buf *out)
{
    const AVFormatContext *format = source->format;

    json_begin_object(out, NULL);
    json_put_text(out, "container", format->iformat->name);
    json_put_int(out, "size_bytes", source->size_bytes);
    if (format->duration == AV_NOPTS_VALUE)
        json_put_null(out, "claimed_duration_us");
    else
        json_put_int(out, "claimed_duration_us", format->duration);
    json_begin_array(out, "streams");
    for (unsigned i = 0; i < format->nb_streams; i++)
        write_stream(format->streams[i], out);
    json_end_array(out);
    json_end_object(out);
    buf_append_char(out, '\n');
}

/* What headers say: not checked against the packets, which is the plan's work. */
int stage_probe(const struct stage_context *context)
{
    CLEANUP(source_close) struct source *source = NULL;
    CLEANUP(buf_clear) struct buf out = buf_with_limit(OUTPUT_LIMIT);

    const int err = source_open(context->source_fd, context->source_bytes, context->fault, &source);
    if (err)
        return err;
    write_facts(source, &out);
    if (!out.err)
        link_output(context->link, buf_slice(&out));
    return out.err;
}
