// SPDX-License-Identifier: GPL-3.0-or-later
#include <inttypes.h>

#include <libavutil/channel_layout.h>

#include "common/buf.h"
#include "common/err.h"
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

static void write_stream(const AVStream *stream, struct buf *out)
{
    const AVCodecParameters *codec = stream->codecpar;

    buf_printf(out, "{\"index\":%d,\"type\":\"%s\",\"codec\":\"%s\",\"accepted\":%s", stream->index,
               type_of(codec->codec_type), avcodec_get_name(codec->codec_id),
               allow_list_decoder(codec->codec_id) ? "true" : "false");
    if (codec->codec_type == AVMEDIA_TYPE_VIDEO)
        buf_printf(out, ",\"width\":%d,\"height\":%d,\"frame_rate\":[%d,%d],\"cover_art\":%s",
                   codec->width, codec->height, stream->avg_frame_rate.num,
                   stream->avg_frame_rate.den,
                   stream->disposition & AV_DISPOSITION_ATTACHED_PIC ? "true" : "false");
    if (codec->codec_type == AVMEDIA_TYPE_AUDIO)
        buf_printf(out, ",\"sample_rate\":%d,\"channels\":%d", codec->sample_rate,
                   codec->ch_layout.nb_channels);
    buf_append_char(out, '}');
}

/* What headers say: not checked against the packets, which is the plan's work. */
int stage_probe(const struct stage_context *context)
{
    CLEANUP(source_close) struct source *source = NULL;
    CLEANUP(buf_clear) struct buf out = buf_with_limit(OUTPUT_LIMIT);

    const int err = source_open(context->source_fd, context->source_bytes, context->fault, &source);
    if (err)
        return err;
    const AVFormatContext *format = source->format;
    buf_printf(&out, "{\"container\":\"%s\",\"size_bytes\":%" PRId64 ",\"claimed_duration_us\":",
               format->iformat->name, source->size_bytes);
    if (format->duration == AV_NOPTS_VALUE)
        buf_append_text(&out, "null");
    else
        buf_printf(&out, "%" PRId64, format->duration);
    buf_append_text(&out, ",\"streams\":[");
    for (unsigned i = 0; i < format->nb_streams; i++) {
        if (i > 0)
            buf_append_char(&out, ',');
        write_stream(format->streams[i], &out);
    }
    buf_append_text(&out, "]}\n");
    if (!out.err)
        link_output(context->link, buf_slice(&out));
    return out.err;
}
