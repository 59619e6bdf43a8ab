// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/trials/trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libavcodec/avcodec.h>

#include "common/err.h"
#include "transcoder/plan/av1_ladder.h"
#include "transcoder/plan/frame_pace.h"
#include "transcoder/source/allow_list.h"
#include "transcoder/video/scaler.h"
#include "transcoder/video/ssim.h"
#include "transcoder/video/video_encoder.h"

enum {
    CONFIG_LIMIT = 1024,
    LOOK_FIRST = 3, /* moments at which pictures are compared: this slot of a window, */
    LOOK_EACH = 7,  /* and every so many, which falls between frames at any rate */
};

/* Windows follow each other in one stream, each from a key frame on: to open an encoder for each
 * would cost as much as to encode it. Slots are counted through all of them. */
struct trying {
    const struct plan_picture *picture; /* borrowed */
    const struct ladder_trial *trial;   /* borrowed */
    struct fault *fault;                /* borrowed */
    struct plan_picture *down;          /* owned: the candidate's size */
    struct plan_picture *up;            /* owned: the display's */
    struct scaler *to_candidate;        /* owned */
    struct scaler *to_display;          /* owned */
    struct video_encoder *encoder;      /* owned */
    AVCodecContext *decoder;            /* owned */
    AVFrame *decoded;                   /* owned, scratch */
    AVFrame *shown;                     /* owned: of the slots from its own to the next one's */
    AVFrame *scratch;                   /* owned */
    AVPacket *packet;                   /* owned */
    const struct window *looked_at;     /* borrowed: the window that decoding has come to, */
    size_t window_start;                /* its first slot, */
    size_t next_look;                   /* and its next slot to be looked at, from 0 */
    uint64_t first_bytes, other_bytes;
    double ssim_sum;
    uint32_t n_looks;
    size_t next_moment; /* slot of that window at which motion is looked at next */
    struct ssim_motion motion;
};

static void trying_clear_cleanup(struct trying *t)
{
    video_encoder_free(t->encoder);
    avcodec_free_context(&t->decoder);
    scaler_free(t->to_candidate);
    scaler_free(t->to_display);
    free(t->down);
    free(t->up);
    av_frame_free(&t->decoded);
    av_frame_free(&t->shown);
    av_frame_free(&t->scratch);
    av_packet_free(&t->packet);
}

/* Which preset of x264 matters little for what is compared here, and the fast one costs a third. */
static struct rung rung_of(const struct ladder_trial *trial)
{
    struct rung rung = {.codec = trial->codec,
                        .width = trial->width,
                        .height = trial->height,
                        .slot_step = trial->slot_step,
                        .crf_tenths = trial->crf_tenths};

    (void)snprintf(rung.preset, sizeof rung.preset,
                   trial->codec == VIDEO_AV1 ? AV1_LADDER_PRESET : "veryfast");
    return rung;
}

static struct plan_picture *plan_for(const struct plan_picture *picture, const struct rung *rung)
{
    struct plan_picture *plan = calloc(1, sizeof *plan);

    if (plan) {
        plan->colour = picture->colour;
        plan->grid = picture->grid;
        plan->rungs[0] = *rung;
        plan->n_rungs = 1;
    }
    return plan;
}

static int open_decoder(struct trying *t)
{
    CLEANUP(buf_clear) struct buf config = buf_with_limit(CONFIG_LIMIT);
    const AVCodec *codec =
        allow_list_decoder(t->trial->codec == VIDEO_AV1 ? AV_CODEC_ID_AV1 : AV_CODEC_ID_H264);

    const int err = video_encoder_config(t->encoder, &config);
    if (err || config.err)
        return err ? err : config.err;
    t->decoder = avcodec_alloc_context3(codec);
    if (!t->decoder)
        return ERR_NO_MEMORY;
    t->decoder->thread_count = 1;
    t->decoder->extradata = av_mallocz(config.length + AV_INPUT_BUFFER_PADDING_SIZE);
    if (!t->decoder->extradata)
        return ERR_NO_MEMORY;
    memcpy(t->decoder->extradata, config.data, config.length);
    t->decoder->extradata_size = (int)config.length;
    const int opened = avcodec_open2(t->decoder, codec, NULL);
    return opened < 0 ? fault_set_av(t->fault, FAILURE_INTERNAL, opened, "cannot open the decoder")
                      : 0;
}

static struct plane luma_of(const AVFrame *frame)
{
    return (struct plane){.data = frame->data[0],
                          .stride = frame->linesize[0],
                          .width = frame->width,
                          .height = frame->height};
}

static const AVFrame *latest(AVFrame *const *frames, size_t slot)
{
    while (!frames[slot] && slot > 0)
        slot--;
    return frames[slot];
}

static void look_at(struct trying *t, const struct window *w, size_t start)
{
    t->looked_at = w;
    t->window_start = start;
    t->next_look = w->n_slots > LOOK_FIRST ? LOOK_FIRST : 0;
    t->next_moment = 1;
}

/* What is shown, in the display's size. Replaces t->scratch. */
static int fetch_shown(struct trying *t, struct plane *ret_plane)
{
    if (!t->shown->buf[0])
        return ERR_CORRUPT;
    av_frame_unref(t->scratch);
    const int err = scaler_get(t->to_display, 0, t->scratch);
    if (!err)
        *ret_plane = luma_of(t->scratch);
    return err;
}

/* Each moment of the window before `end` at which the source has another picture. */
static int feel_motion_until(struct trying *t, size_t end)
{
    const struct window *w = t->looked_at;

    for (; t->next_moment < w->n_slots && t->window_start + t->next_moment < end;
         t->next_moment++) {
        const AVFrame *now = w->pictures[t->next_moment];
        if (!now)
            continue;
        const AVFrame *before = latest(w->pictures, t->next_moment - 1);
        struct plane shown;
        const int err = before ? fetch_shown(t, &shown) : ERR_CORRUPT;
        if (err)
            return err;
        const struct plane a = luma_of(before);
        const struct plane b = luma_of(now);
        ssim_add_motion(&a, &b, &shown, &t->motion);
    }
    return 0;
}

/* Compares what is shown with the source, at the moments of the window that are before `end`. */
static int compare_until(struct trying *t, size_t end)
{
    const struct window *w = t->looked_at;

    for (; t->next_look < w->n_slots && t->window_start + t->next_look < end;
         t->next_look += LOOK_EACH) {
        const AVFrame *source = latest(w->pictures, t->next_look);
        struct plane b;
        const int err = source ? fetch_shown(t, &b) : ERR_CORRUPT;
        if (err)
            return err;
        const struct plane a = luma_of(source);
        t->ssim_sum += ssim_mean(&a, &b);
        t->n_looks++;
    }
    return feel_motion_until(t, end);
}

/* Takes the next decoded picture: the one before it was shown up to that slot. */
static int show(struct trying *t)
{
    const size_t slot = (size_t)(t->decoded->pts / t->picture->grid.slot_ticks);
    const size_t window_end = t->window_start + t->looked_at->n_slots;

    const int err = compare_until(t, slot);
    if (err)
        return err;
    if (slot == window_end)
        look_at(t, t->looked_at + 1, window_end);
    av_frame_unref(t->shown);
    av_frame_move_ref(t->shown, t->decoded);
    t->shown->sample_aspect_ratio = (AVRational){1, 1};
    scaler_set(t->to_display, t->shown);
    return 0;
}

static int take_pictures(struct trying *t)
{
    for (;;) {
        const int got = avcodec_receive_frame(t->decoder, t->decoded);
        if (got == AVERROR(EAGAIN) || got == AVERROR_EOF)
            return 0;
        if (got < 0)
            return got == AVERROR(ENOMEM) ? ERR_NO_MEMORY : ERR_INVALID;
        const int err = show(t);
        if (err)
            return err;
    }
}

/* Decodes what the encoder has ready, and counts it. */
static int collect(struct trying *t)
{
    for (;;) {
        struct encoded_picture picture;
        int err = video_encoder_receive(t->encoder, &picture);
        if (err == ERR_AGAIN || err == ERR_NOT_FOUND)
            return 0;
        if (err)
            return err;
        *(picture.is_key ? &t->first_bytes : &t->other_bytes) += picture.data->length;
        if (av_new_packet(t->packet, (int)picture.data->length) < 0)
            return ERR_NO_MEMORY;
        memcpy(t->packet->data, picture.data->data, picture.data->length);
        t->packet->pts = picture.pts_ticks;
        const int sent = avcodec_send_packet(t->decoder, t->packet);
        av_packet_unref(t->packet);
        err = sent < 0 ? ERR_INVALID : take_pictures(t);
        if (err)
            return err;
    }
}

static int encode_slot(struct trying *t, size_t slot, bool is_key)
{
    av_frame_unref(t->scratch);
    int err = scaler_get(t->to_candidate, 0, t->scratch);
    if (!err)
        err = video_encoder_send(t->encoder, t->scratch,
                                 (int64_t)slot * t->picture->grid.slot_ticks, is_key);
    av_frame_unref(t->scratch);
    return err ? err : collect(t);
}

/* Frames come as they do in a chunk: when the picture changed, at the candidate's rate. */
static int encode_window(struct trying *t, const struct window *w, size_t start)
{
    const uint32_t step = t->trial->slot_step;
    struct frame_pace pace = frame_pace_start(step, frame_pace_longest(&t->picture->grid, step));
    int err = 0;

    for (size_t slot = 0; slot < w->n_slots && !err; slot++) {
        const bool is_new = w->pictures[slot] != NULL;
        if (is_new)
            scaler_set(t->to_candidate, w->pictures[slot]);
        if (frame_pace_at(&pace, (int64_t)slot, is_new, slot == 0))
            err = encode_slot(t, start + slot, slot == 0);
    }
    return err;
}

static int encode(struct trying *t, const struct window_list *windows, size_t *ret_n_slots)
{
    size_t n_slots = 0;
    int err = 0;

    look_at(t, &windows->items[0], 0);
    for (size_t i = 0; i < windows->n && !err; i++) {
        err = encode_window(t, &windows->items[i], n_slots);
        n_slots += windows->items[i].n_slots;
    }
    if (!err)
        err = video_encoder_send(t->encoder, NULL, 0, false);
    if (!err)
        err = collect(t);
    if (!err && avcodec_send_packet(t->decoder, NULL) < 0)
        err = ERR_INVALID;
    if (!err)
        err = take_pictures(t);
    *ret_n_slots = n_slots;
    return err ? err : compare_until(t, n_slots);
}

static int prepare(struct trying *t, const AVFrame *display)
{
    const struct rung down = rung_of(t->trial);
    const struct rung up = {.width = (uint32_t)display->width,
                            .height = (uint32_t)display->height,
                            .slot_step = 1};

    t->decoded = av_frame_alloc();
    t->shown = av_frame_alloc();
    t->scratch = av_frame_alloc();
    t->packet = av_packet_alloc();
    t->down = plan_for(t->picture, &down);
    t->up = plan_for(t->picture, &up);
    if (!t->decoded || !t->shown || !t->scratch || !t->packet || !t->down || !t->up)
        return ERR_NO_MEMORY;
    int err = scaler_new(t->down, &t->to_candidate);
    if (!err)
        err = scaler_new(t->up, &t->to_display);
    if (!err)
        err = video_encoder_open(t->down, &t->down->rungs[0], t->fault, &t->encoder);
    return err ? err : open_decoder(t);
}

int trial_run(const struct plan_picture *picture, const struct window_list *windows,
              uint32_t segment_ms, struct fault *fault, struct ladder_trial *trial)
{
    CLEANUP(trying_clear) struct trying t = {.picture = picture, .trial = trial, .fault = fault};
    size_t n_slots = 0;

    int err = prepare(&t, windows->items[0].pictures[0]);
    if (!err)
        err = encode(&t, windows, &n_slots);
    if (err)
        return err;
    const uint64_t windows_us = (uint64_t)frame_grid_slot_us(&picture->grid, (int64_t)n_slots);
    trial->bps = 1 + (uint32_t)(t.first_bytes * 8000 / (windows->n * (uint64_t)segment_ms) +
                                t.other_bytes * 8000000 / (windows_us ? windows_us : 1));
    trial->quality_mdb = ssim_mdb(t.n_looks ? t.ssim_sum / t.n_looks : 0);
    trial->motion_mdb = t.motion.n ? 1 + ssim_mdb(t.motion.sum / (double)t.motion.n) : 0;
    return 0;
}
