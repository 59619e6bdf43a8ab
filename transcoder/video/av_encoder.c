// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/video/av_encoder.h"

#include "common/err.h"

static void set_picture(AVCodecContext *context, const struct plan_picture *plan,
                        const struct rung *rung)
{
    const struct frame_grid *grid = &plan->grid;

    context->width = (int)rung->width;
    context->height = (int)rung->height;
    context->pix_fmt = AV_PIX_FMT_YUV420P;
    context->sample_aspect_ratio = (AVRational){1, 1};
    context->time_base = (AVRational){1, (int)grid->timescale};
    context->framerate = (AVRational){(int)grid->rate_num, (int)(grid->rate_den * rung->slot_step)};
    context->color_range = AVCOL_RANGE_MPEG;
    context->color_primaries = plan->colour.primaries;
    context->color_trc = plan->colour.transfer;
    context->colorspace = plan->colour.matrix;
    context->chroma_sample_location = AVCHROMA_LOC_LEFT;
}

int av_encoder_new(const char *name, const struct plan_picture *plan, const struct rung *rung,
                   struct fault *fault, AVCodecContext **ret_context)
{
    const AVCodec *codec = avcodec_find_encoder_by_name(name);

    if (!codec)
        return fault_set(fault, FAILURE_INTERNAL, ERR_UNSUPPORTED, "this libavcodec has no %s",
                         name);
    AVCodecContext *context = avcodec_alloc_context3(codec);
    if (!context)
        return ERR_NO_MEMORY;
    set_picture(context, plan, rung);
    context->thread_count = 1;
    context->flags |= AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT;
    context->flags |= (int)AV_CODEC_FLAG_CLOSED_GOP;
    *ret_context = context;
    return 0;
}

int av_encoder_open(AVCodecContext *context, AVDictionary **options, struct fault *fault)
{
    const char *name = context->codec->name;
    const int opened = avcodec_open2(context, context->codec, options);

    if (opened < 0)
        return fault_set_av(fault, FAILURE_INTERNAL, opened, "cannot open the encoder");
    if (av_dict_count(*options) > 0)
        return fault_set(fault, FAILURE_INTERNAL, ERR_UNSUPPORTED, "%s lacks an option", name);
    return 0;
}

int av_encoder_send(AVCodecContext *context, AVFrame *picture, int64_t pts_ticks,
                    enum AVPictureType type)
{
    if (picture) {
        picture->pts = pts_ticks;
        picture->pict_type = type;
    }
    const int err = avcodec_send_frame(context, picture);
    if (err == AVERROR(ENOMEM))
        return ERR_NO_MEMORY;
    return err < 0 ? ERR_INVALID : 0;
}

int av_encoder_receive(AVCodecContext *context, AVPacket *packet)
{
    const int got = avcodec_receive_packet(context, packet);

    if (got == AVERROR(EAGAIN))
        return ERR_AGAIN;
    if (got == AVERROR_EOF)
        return ERR_NOT_FOUND;
    if (got < 0)
        return got == AVERROR(ENOMEM) ? ERR_NO_MEMORY : ERR_INVALID;
    return 0;
}
