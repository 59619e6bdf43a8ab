// SPDX-License-Identifier: GPL-3.0-or-later
/* x264: H.264 that every player can read. Its state is the libavcodec context. */
#include <inttypes.h>
#include <stdio.h>

#include "common/err.h"
#include "transcoder/video/av_encoder.h"
#include "transcoder/video/video_back_end.h"

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

/* What rungs of 720 lines and more look ahead takes 4 MB a frame: three or more of them share the
 * room, for 1 to 4 % more bytes. */
static int lookahead(const struct plan_picture *plan, const struct rung *rung, int alone)
{
    enum { LARGE_BELOW = 30, N_EASY = 2, OF_THREE = 10, OF_MORE = 5 };
    size_t n_as_large = 0;

    for (size_t k = 0; k < plan->n_rungs; k++)
        n_as_large += plan->rungs[k].width * plan->rungs[k].height >= rung->width * rung->height;
    if (alone >= LARGE_BELOW || n_as_large <= N_EASY)
        return alone;
    return n_as_large == N_EASY + 1 ? OF_THREE : OF_MORE;
}

static int set_params(const struct plan_picture *plan, const struct rung *rung,
                      AVDictionary **options)
{
    enum { RARE_PER_S = 10, RARE_EXTRA = 3 };
    char params[256];
    size_t i = 0;

    while (rung->width * rung->height > REACH[i].up_to_pixels)
        i++;
    const bool is_rare = plan->grid.rate_num < RARE_PER_S * plan->grid.rate_den * rung->slot_step;
    (void)snprintf(params, sizeof params, "%s:rc-lookahead=%d:ref=%d", X264_PARAMS,
                   lookahead(plan, rung, REACH[i].lookahead),
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

static int open_x264(const struct plan_picture *plan, const struct rung *rung, struct fault *fault,
                     void **ret_state)
{
    AVCodecContext *context = NULL;
    AVDictionary *options = NULL;

    int err = av_encoder_new("libx264", plan, rung, fault, &context);
    if (err)
        return err;
    err = set_options(context, plan, rung, &options);
    if (!err)
        err = av_encoder_open(context, &options, fault);
    av_dict_free(&options);
    if (err)
        avcodec_free_context(&context);
    else
        *ret_state = context;
    return err;
}

static void close_x264(void *state)
{
    AVCodecContext *context = state;

    avcodec_free_context(&context);
}

static struct slice headers(const void *state)
{
    const AVCodecContext *context = state;

    return slice_of((const char *)context->extradata, (size_t)context->extradata_size);
}

static int send(void *state, AVFrame *picture, int64_t pts_ticks, bool is_key)
{
    return av_encoder_send(state, picture, pts_ticks, is_key);
}

static int receive(void *state, AVPacket *packet)
{
    return av_encoder_receive(state, packet);
}

const struct video_back_end VIDEO_BACK_END_X264 = {
    .codec = VIDEO_H264,
    .open = open_x264,
    .close = close_x264,
    .headers = headers,
    .send = send,
    .receive = receive,
};
