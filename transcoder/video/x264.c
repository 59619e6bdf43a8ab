// SPDX-License-Identifier: GPL-3.0-or-later
/* x264: H.264 that every player can read.
 *
 * Frames are reordered only where they are evenly spaced and not rare. A reordered frame is decoded
 * at another time than it is shown, and players that take it to last until the next one is decoded
 * see holes where frames are spaced unevenly. Measured at equal SSIM, B-frames save 0 to 3 % of
 * slides at 5 frames/s, and 8 to 18 % of speakers and screens at 12 frames/s and more. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/err.h"
#include "transcoder/video/av_encoder.h"
#include "transcoder/video/video_back_end.h"

/* Measured on slides, screens and speakers at equal SSIM: without psychovisual tuning, which
 * guesses at detail that low rates cannot pay for, bytes are 4 to 9 % fewer on slides and 12 to 23
 * % on speakers; aq-mode 2 and 3 gain on some and lose on
 * others. b-adapt 1 instead of 2 costs 0.3 to 1.5 % on slides, and 2 would look 24 frames ahead
 * whatever it is told. stitchable: headers that do not depend on content, so that chunks share an
 * init section. cpu-independent: the same bytes on every worker, and on the same one: with AVX-512,
 * mbtree reads memory that nobody wrote where a row is no multiple of 8 macroblocks. */
static const char X264_PARAMS[] = "stitchable=1:scenecut=0:keyint=infinite:min-keyint=1:open-gop=0:"
                                  "psy=0:b-adapt=1:cpu-independent=1";

/* Seconds of its cap that a segment may take at once: most of a slide is its first picture. */
enum { BUFFER_S = 6, RATE_PERCENT = 92 }; /* chunks start with a full buffer */

enum { N_WAITING = 2 };

struct x264 {
    AVCodecContext *context; /* owned */
    int64_t step_ticks;      /* between frames that are evenly spaced */
    struct waiting {
        AVFrame *picture; /* owned */
        bool is_key;
        bool is_even;     /* it comes a step after the one before */
    } waiting[N_WAITING]; /* the last frames, until it is known when the next ones come */
    size_t n_waiting;
    bool is_ending;
};

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
    enum { RARE_PER_S = 10, RARE_EXTRA = 3, REORDERED = 6 };
    char params[256];
    size_t i = 0;

    while (rung->width * rung->height > REACH[i].up_to_pixels)
        i++;
    const bool is_rare = plan->grid.rate_num < RARE_PER_S * plan->grid.rate_den * rung->slot_step;
    (void)snprintf(params, sizeof params, "%s:bframes=%d:rc-lookahead=%d:ref=%d", X264_PARAMS,
                   is_rare ? 0 : REORDERED, lookahead(plan, rung, REACH[i].lookahead),
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

static void close_x264(void *state)
{
    struct x264 *x = state;

    if (!x)
        return;
    avcodec_free_context(&x->context);
    for (size_t i = 0; i < N_WAITING; i++)
        av_frame_free(&x->waiting[i].picture);
    free(x);
}

static int open_context(const struct plan_picture *plan, const struct rung *rung,
                        struct fault *fault, AVCodecContext **ret_context)
{
    AVDictionary *options = NULL;

    int err = av_encoder_new("libx264", plan, rung, fault, ret_context);
    if (err)
        return err;
    err = set_options(*ret_context, plan, rung, &options);
    if (!err)
        err = av_encoder_open(*ret_context, &options, fault);
    av_dict_free(&options);
    return err;
}

static int open_x264(const struct plan_picture *plan, const struct rung *rung, struct fault *fault,
                     void **ret_state)
{
    struct x264 *x = calloc(1, sizeof *x);

    if (!x)
        return ERR_NO_MEMORY;
    x->step_ticks = (int64_t)plan->grid.slot_ticks * rung->slot_step;
    int err = 0;
    for (size_t i = 0; i < N_WAITING; i++) {
        x->waiting[i].picture = av_frame_alloc();
        err = x->waiting[i].picture ? err : ERR_NO_MEMORY;
    }
    if (!err)
        err = open_context(plan, rung, fault, &x->context);
    if (err)
        close_x264(x);
    else
        *ret_state = x;
    return err;
}

static struct slice headers(const void *state)
{
    const struct x264 *x = state;

    return slice_of((const char *)x->context->extradata, (size_t)x->context->extradata_size);
}

/* Encodes the oldest waiting frame. It may be reordered where it stands in an even run that goes on
 * for two frames more: so the last two of a run are not, and behind it frames are decoded when they
 * are shown again before a longer gap comes, which would else be longer still from one decoding to
 * the next (frame_pace.h). A key frame ends a run as it is. */
static int encode_oldest(struct x264 *x, bool next_is_even)
{
    const struct waiting oldest = x->waiting[0];
    const struct waiting *next = &x->waiting[1];
    const bool is_amid =
        oldest.is_even && x->n_waiting > 1 && next->is_even && (next->is_key || next_is_even);

    const int err = av_encoder_send(x->context, oldest.picture, oldest.picture->pts,
                                    oldest.is_key ? AV_PICTURE_TYPE_I
                                    : is_amid     ? AV_PICTURE_TYPE_NONE
                                                  : AV_PICTURE_TYPE_P);
    av_frame_unref(oldest.picture);
    x->waiting[0] = x->waiting[1];
    x->waiting[1] = oldest;
    x->n_waiting--;
    return err;
}

static int send(void *state, AVFrame *picture, int64_t pts_ticks, bool is_key)
{
    struct x264 *x = state;
    const size_t n = x->n_waiting;
    int err = 0;

    if (!picture) {
        x->is_ending = true;
        return 0;
    }
    const bool is_even = n > 0 && pts_ticks - x->waiting[n - 1].picture->pts == x->step_ticks;
    if (n == N_WAITING)
        err = encode_oldest(x, is_even);
    if (err)
        return err;
    struct waiting *last = &x->waiting[x->n_waiting];
    if (av_frame_ref(last->picture, picture) < 0)
        return ERR_NO_MEMORY;
    last->picture->pts = pts_ticks;
    last->is_key = is_key;
    last->is_even = is_even;
    x->n_waiting++;
    return 0;
}

/* What still waits is encoded when all before it was received. */
static int receive(void *state, AVPacket *packet)
{
    struct x264 *x = state;

    for (;;) {
        int err = av_encoder_receive(x->context, packet);
        if (err != ERR_AGAIN || !x->is_ending)
            return err;
        err = x->n_waiting > 0 ? encode_oldest(x, false)
                               : av_encoder_send(x->context, NULL, 0, AV_PICTURE_TYPE_NONE);
        if (err)
            return err;
    }
}

const struct video_back_end VIDEO_BACK_END_X264 = {
    .codec = VIDEO_H264,
    .open = open_x264,
    .close = close_x264,
    .headers = headers,
    .send = send,
    .receive = receive,
};
