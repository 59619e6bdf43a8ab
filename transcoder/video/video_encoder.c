// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/video/video_encoder.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libavcodec/avcodec.h>
#include <libavutil/opt.h>

#include "common/err.h"
#include "transcoder/cmaf/avc.h"
#include "transcoder/cmaf/init_section.h"

enum { PICTURE_LIMIT_BYTES = 32 << 20, PARAMETER_SETS_LIMIT = 1024 };

struct video_encoder {
    const AVCodec *codec;
    AVCodecContext *context; /* owned */
    AVPacket *packet;        /* owned */
    struct buf data;         /* of the last picture */
    struct init_colour colour;
};

void video_encoder_free(struct video_encoder *encoder)
{
    if (!encoder)
        return;
    avcodec_free_context(&encoder->context);
    av_packet_free(&encoder->packet);
    buf_clear(&encoder->data);
    free(encoder);
}

/* Measured on slides, screens and speakers at equal SSIM: without psychovisual tuning, which
 * guesses at detail that low rates cannot pay for, bytes are 4 to 9 % fewer on slides and 12 to 23
 * % on speakers; more B-frames save a few percent more. aq-mode 2 and 3 gain on some and lose on
 * others. b-adapt 1 instead of 2 costs 0.3 to 1.5 % on slides, and 2 would look 24 frames ahead
 * whatever it is told. stitchable: headers that do not depend on content, so that chunks share an
 * init section. cpu-independent: the same bytes on every worker, and on the same one: with AVX-512,
 * mbtree reads memory that nobody wrote where a row is no multiple of 8 macroblocks. */
static const char X264_PARAMS[] = "stitchable=1:scenecut=0:keyint=infinite:min-keyint=1:open-gop=0:"
                                  "psy=0:bframes=6:b-adapt=1:cpu-independent=1";

/* Seconds of its cap that a segment may take at once: most of a slide is its first picture. */
enum { BUFFER_S = 6, RATE_PERCENT = 92 }; /* chunks start with a full buffer */

/* How many frames x264 looks ahead, and how many it refers to: what most of its memory goes to, so
 * fewer where they are large. Ink and cursors uncover what was there before: where frames are rare,
 * more references save 4 to 8 % and cost little. */
static const struct {
    uint32_t up_to_pixels;
    int lookahead, references;
} REACH[] = {{640 * 360, 40, 5}, {854 * 480, 30, 4}, {1280 * 720, 18, 3}, {UINT32_MAX, 10, 2}};

static int set_params(const struct plan_picture *plan, const struct rung *rung,
                      AVDictionary **options)
{
    enum { N_EASY = 3, CROWDED_LOOKAHEAD = 10, RARE_PER_S = 10, RARE_EXTRA = 3 };
    char params[256];
    size_t n_as_large = 0;
    size_t i = 0;

    while (rung->width * rung->height > REACH[i].up_to_pixels)
        i++;
    for (size_t k = 0; k < plan->n_rungs; k++)
        n_as_large += plan->rungs[k].width * plan->rungs[k].height >= rung->width * rung->height;
    const bool is_crowded = n_as_large > N_EASY && REACH[i].lookahead < REACH[1].lookahead;
    const bool is_rare = plan->grid.rate_num < RARE_PER_S * plan->grid.rate_den * rung->slot_step;
    (void)snprintf(params, sizeof params, "%s:rc-lookahead=%d:ref=%d", X264_PARAMS,
                   is_crowded ? CROWDED_LOOKAHEAD : REACH[i].lookahead,
                   REACH[i].references + (is_rare ? RARE_EXTRA : 0));
    return av_dict_set(options, "x264-params", params, 0) < 0 ? ERR_NO_MEMORY : 0;
}

/* Constant quality under a cap: still slides stay far below it, motion is held to it. */
static int set_options(AVCodecContext *context, const struct plan_picture *plan,
                       const struct rung *rung, AVDictionary **options)
{
    char crf[16];

    (void)snprintf(crf, sizeof crf, "%" PRIu32 ".%" PRIu32, rung->crf_tenths / 10,
                   rung->crf_tenths % 10);
    context->rc_max_rate = (int64_t)rung->max_kbps * 10 * RATE_PERCENT;
    context->rc_buffer_size = (int)(rung->max_kbps * 1000 * BUFFER_S);
    if (av_dict_set(options, "preset", rung->preset, 0) < 0 ||
        av_dict_set(options, "crf", crf, 0) < 0 || av_dict_set(options, "forced-idr", "1", 0) < 0)
        return ERR_NO_MEMORY;
    return set_params(plan, rung, options);
}

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

static int open_codec(struct video_encoder *encoder, const struct plan_picture *plan,
                      const struct rung *rung, struct fault *fault)
{
    AVDictionary *options = NULL;

    encoder->codec = avcodec_find_encoder_by_name("libx264");
    if (!encoder->codec)
        return fault_set(fault, FAILURE_INTERNAL, ERR_UNSUPPORTED, "this libavcodec has no x264");
    encoder->context = avcodec_alloc_context3(encoder->codec);
    encoder->packet = av_packet_alloc();
    if (!encoder->context || !encoder->packet)
        return ERR_NO_MEMORY;
    set_picture(encoder->context, plan, rung);
    encoder->context->thread_count = 1;
    encoder->context->flags |= AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT;
    encoder->context->flags |= (int)AV_CODEC_FLAG_CLOSED_GOP;
    int err = set_options(encoder->context, plan, rung, &options);
    if (!err) {
        const int opened = avcodec_open2(encoder->context, encoder->codec, &options);
        if (opened < 0)
            err = fault_set_av(fault, FAILURE_INTERNAL, opened, "cannot open x264");
        else if (av_dict_count(options) > 0)
            err = fault_set(fault, FAILURE_INTERNAL, ERR_UNSUPPORTED, "x264 lacks an option");
    }
    av_dict_free(&options);
    return err;
}

int video_encoder_open(const struct plan_picture *plan, const struct rung *rung,
                       struct fault *fault, struct video_encoder **ret_encoder)
{
    CLEANUP(video_encoder_free) struct video_encoder *encoder = calloc(1, sizeof *encoder);

    if (!encoder)
        return ERR_NO_MEMORY;
    encoder->data = buf_with_limit(PICTURE_LIMIT_BYTES);
    encoder->colour = (struct init_colour){.primaries = plan->colour.primaries,
                                           .transfer = plan->colour.transfer,
                                           .matrix = plan->colour.matrix};
    const int err = open_codec(encoder, plan, rung, fault);
    if (err)
        return err;
    *ret_encoder = encoder;
    encoder = NULL;
    return 0;
}

/* Ticks between frames of the rung. */
static uint32_t frame_ticks(const AVCodecContext *context)
{
    return (uint32_t)av_rescale(context->time_base.den, context->framerate.den,
                                context->framerate.num);
}

uint32_t video_encoder_delay_ticks(const struct video_encoder *encoder)
{
    return (uint32_t)encoder->context->has_b_frames * frame_ticks(encoder->context);
}

int video_encoder_config(const struct video_encoder *encoder, struct buf *out)
{
    return avc_config_append(slice_of((const char *)encoder->context->extradata,
                                      (size_t)encoder->context->extradata_size),
                             out);
}

int video_encoder_init_section(const struct video_encoder *encoder, struct buf *out,
                               char codecs[32])
{
    const AVCodecContext *context = encoder->context;
    CLEANUP(buf_clear) struct buf config = buf_with_limit(PARAMETER_SETS_LIMIT);

    const int err = video_encoder_config(encoder, &config);
    if (err || config.err)
        return err ? err : config.err;
    init_section_video(&(struct init_video){.width = (uint16_t)context->width,
                                            .height = (uint16_t)context->height,
                                            .timescale = (uint32_t)context->time_base.den,
                                            .sample_ticks = frame_ticks(context),
                                            .delay_ticks = video_encoder_delay_ticks(encoder),
                                            .colour = encoder->colour,
                                            .avc_config = buf_slice(&config)},
                       out);
    avc_codecs_text(buf_slice(&config), codecs);
    return out->err;
}

int video_encoder_send(struct video_encoder *encoder, AVFrame *picture, int64_t pts_ticks,
                       bool is_key)
{
    if (picture) {
        picture->pts = pts_ticks;
        picture->pict_type = is_key ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    }
    const int err = avcodec_send_frame(encoder->context, picture);
    if (err == AVERROR(ENOMEM))
        return ERR_NO_MEMORY;
    return err < 0 ? ERR_INVALID : 0;
}

int video_encoder_receive(struct video_encoder *encoder, struct encoded_picture *ret_picture)
{
    const int got = avcodec_receive_packet(encoder->context, encoder->packet);

    if (got == AVERROR(EAGAIN))
        return ERR_AGAIN;
    if (got == AVERROR_EOF)
        return ERR_NOT_FOUND;
    if (got < 0)
        return got == AVERROR(ENOMEM) ? ERR_NO_MEMORY : ERR_INVALID;
    buf_reset(&encoder->data);
    avc_sample_append(slice_of((const char *)encoder->packet->data, (size_t)encoder->packet->size),
                      &encoder->data);
    *ret_picture = (struct encoded_picture){
        .pts_ticks = encoder->packet->pts,
        .is_key = (encoder->packet->flags & AV_PKT_FLAG_KEY) != 0,
        .data = &encoder->data,
    };
    av_packet_unref(encoder->packet);
    return encoder->data.err;
}
