// SPDX-License-Identifier: GPL-3.0-or-later
/* libaom: AV1. Each segment has an encoder of its own: a key frame in the midst of a stream makes
 * libaom 3.6 put another one behind it, and what is remembered from before it would be of no use.
 * One thread, so that the box need not let tasks make any. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "transcoder/cmaf/av1.h"
#include "transcoder/video/av_encoder.h"
#include "transcoder/video/video_back_end.h"

enum { HEADER_LIMIT = 256 };

struct libaom {
    struct plan_picture *plan; /* owned */
    struct rung rung;
    struct buf header;       /* the sequence header of every segment */
    AVCodecContext *context; /* owned: of the segment under way; NULL before the first one */
    AVFrame *waiting;        /* owned: starts the next segment when this one is drained */
};

static void close_libaom(void *state)
{
    struct libaom *a = state;

    if (!a)
        return;
    free(a->plan);
    buf_clear(&a->header);
    avcodec_free_context(&a->context);
    av_frame_free(&a->waiting);
    free(a);
}

/* Constant quality, coarser where a segment would go far over its budget. No key frames but the
 * first one; screen tools (palettes, copies of blocks) where it looks like a screen. */
static int set_options(const struct libaom *a, AVCodecContext *context, AVDictionary **options)
{
    enum { NEVER = 9999, LOOKAHEAD = 19 };
    char crf[8];

    (void)snprintf(crf, sizeof crf, "%" PRIu32, a->rung.crf_tenths / 10);
    context->gop_size = NEVER;
    context->keyint_min = NEVER;
    context->bit_rate = (int64_t)a->rung.max_kbps * 1000; /* 0: no cap */
    if (av_dict_set(options, "cpu-used", a->rung.preset, 0) < 0 ||
        av_dict_set(options, "crf", crf, 0) < 0 || av_dict_set(options, "row-mt", "0", 0) < 0 ||
        av_dict_set_int(options, "lag-in-frames", LOOKAHEAD, 0) < 0)
        return ERR_NO_MEMORY;
    if (video_ladder_is_still(&a->plan->content) &&
        av_dict_set(options, "aom-params", "tune-content=screen", 0) < 0)
        return ERR_NO_MEMORY;
    return 0;
}

static int open_segment(struct libaom *a, struct fault *fault)
{
    AVDictionary *options = NULL;

    int err = av_encoder_new("libaom-av1", a->plan, &a->rung, fault, &a->context);
    if (err || !a->context)
        return err ? err : ERR_NO_MEMORY;
    err = set_options(a, a->context, &options);
    if (!err)
        err = av_encoder_open(a->context, &options, fault);
    av_dict_free(&options);
    return err;
}

static AVFrame *gray_picture(const struct rung *rung)
{
    AVFrame *frame = av_frame_alloc();

    if (!frame)
        return NULL;
    frame->width = (int)rung->width;
    frame->height = (int)rung->height;
    frame->format = AV_PIX_FMT_YUV420P;
    if (av_frame_get_buffer(frame, 0) < 0) {
        av_frame_free(&frame);
        return NULL;
    }
    for (int p = 0; p < 3; p++) {
        const int rows = p ? (frame->height + 1) / 2 : frame->height;
        memset(frame->data[p], 128, (size_t)frame->linesize[p] * (size_t)rows);
    }
    return frame;
}

/* The sequence header is in the first packet only, and depends on nothing but the settings. */
static int learn_header(struct libaom *a, struct fault *fault)
{
    AVFrame *frame = gray_picture(&a->rung);
    AVPacket *packet = av_packet_alloc();

    int err = frame && packet ? open_segment(a, fault) : ERR_NO_MEMORY;
    if (!err)
        err = av_encoder_send(a->context, frame, 0, AV_PICTURE_TYPE_NONE);
    if (!err)
        err = av_encoder_send(a->context, NULL, 0, AV_PICTURE_TYPE_NONE);
    if (!err)
        err = av_encoder_receive(a->context, packet);
    if (!err)
        buf_append_slice(&a->header, av1_find_sequence_header(slice_of((const char *)packet->data,
                                                                       (size_t)packet->size)));
    avcodec_free_context(&a->context);
    av_frame_free(&frame);
    av_packet_free(&packet);
    return err ? err : a->header.err;
}

static int open_libaom(const struct plan_picture *plan, const struct rung *rung,
                       struct fault *fault, void **ret_state)
{
    struct libaom *a = calloc(1, sizeof *a);

    if (!a)
        return ERR_NO_MEMORY;
    a->header = buf_with_limit(HEADER_LIMIT);
    a->rung = *rung;
    a->plan = malloc(sizeof *a->plan);
    a->waiting = av_frame_alloc();
    int err = a->plan && a->waiting ? 0 : ERR_NO_MEMORY;
    if (!err) {
        *a->plan = *plan;
        err = learn_header(a, fault);
    }
    if (err)
        close_libaom(a);
    else
        *ret_state = a;
    return err;
}

static struct slice headers(const void *state)
{
    const struct libaom *a = state;

    return buf_slice(&a->header);
}

static int send(void *state, AVFrame *picture, int64_t pts_ticks, bool is_key)
{
    struct libaom *a = state;

    if (!picture)
        return a->context ? av_encoder_send(a->context, NULL, 0, AV_PICTURE_TYPE_NONE) : 0;
    if (!is_key && a->context)
        return av_encoder_send(a->context, picture, pts_ticks, AV_PICTURE_TYPE_NONE);
    if (av_frame_ref(a->waiting, picture) < 0)
        return ERR_NO_MEMORY;
    a->waiting->pts = pts_ticks;
    return a->context ? av_encoder_send(a->context, NULL, 0, AV_PICTURE_TYPE_NONE) : 0;
}

static int start_segment(struct libaom *a)
{
    struct fault ignored = {0};

    avcodec_free_context(&a->context);
    int err = open_segment(a, &ignored);
    if (!err)
        err = av_encoder_send(a->context, a->waiting, a->waiting->pts, AV_PICTURE_TYPE_NONE);
    av_frame_unref(a->waiting);
    return err;
}

/* A segment whose header is another than the init section's could not be played. */
static int check_header(const struct libaom *a, const AVPacket *packet)
{
    const struct slice unit = slice_of((const char *)packet->data, (size_t)packet->size);

    return !(packet->flags & AV_PKT_FLAG_KEY) ||
                   slice_equals(av1_find_sequence_header(unit), buf_slice(&a->header))
               ? 0
               : ERR_CORRUPT;
}

static int receive(void *state, AVPacket *packet)
{
    struct libaom *a = state;
    int err = a->context ? av_encoder_receive(a->context, packet) : ERR_NOT_FOUND;

    if (err == ERR_NOT_FOUND && a->waiting->buf[0]) {
        err = start_segment(a);
        if (!err)
            err = av_encoder_receive(a->context, packet);
    }
    return err ? err : check_header(a, packet);
}

const struct video_back_end VIDEO_BACK_END_LIBAOM = {
    .codec = VIDEO_AV1,
    .open = open_libaom,
    .close = close_libaom,
    .headers = headers,
    .send = send,
    .receive = receive,
};
