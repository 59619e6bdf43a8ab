// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libavcodec/avcodec.h>

#include "common/err.h"
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

struct trying {
    const struct plan_picture *picture; /* borrowed */
    const struct ladder_trial *trial;   /* borrowed */
    struct fault *fault;                /* borrowed */
    struct plan_picture *down;          /* owned: the candidate's size */
    struct plan_picture *up;            /* owned: the display's */
    struct scaler *to_candidate;        /* owned */
    struct scaler *to_display;          /* owned */
    struct video_encoder *encoder;      /* owned; of one window */
    AVCodecContext *decoder;            /* owned; of one window */
    AVFrame *shown[WINDOW_MAX_SLOTS];   /* owned: decoded, by slot; NULL: none */
    AVFrame *scratch;                   /* owned */
    AVPacket *packet;                   /* owned */
    uint64_t first_bytes, other_bytes;
    double ssim_sum;
    uint32_t n_looks;
};

static void end_window(struct trying *t)
{
    for (size_t i = 0; i < WINDOW_MAX_SLOTS; i++)
        av_frame_free(&t->shown[i]);
    video_encoder_free(t->encoder);
    t->encoder = NULL;
    avcodec_free_context(&t->decoder);
}

static void trying_clear_cleanup(struct trying *t)
{
    end_window(t);
    scaler_free(t->to_candidate);
    scaler_free(t->to_display);
    free(t->down);
    free(t->up);
    av_frame_free(&t->scratch);
    av_packet_free(&t->packet);
}

/* Which preset matters little for what is compared here, and the fast one costs a third. */
static struct rung rung_of(const struct ladder_trial *trial)
{
    struct rung rung = {.width = trial->width,
                        .height = trial->height,
                        .slot_step = trial->slot_step,
                        .crf_tenths = trial->crf_tenths};

    (void)snprintf(rung.preset, sizeof rung.preset, "veryfast");
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
    const AVCodec *codec = allow_list_decoder(AV_CODEC_ID_H264);

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

static int take_pictures(struct trying *t)
{
    for (;;) {
        const int got = avcodec_receive_frame(t->decoder, t->scratch);
        if (got == AVERROR(EAGAIN) || got == AVERROR_EOF)
            return 0;
        if (got < 0)
            return got == AVERROR(ENOMEM) ? ERR_NO_MEMORY : ERR_INVALID;
        const int64_t slot = t->scratch->pts / t->picture->grid.slot_ticks;
        if (slot < 0 || slot >= WINDOW_MAX_SLOTS || t->shown[slot])
            return ERR_CORRUPT;
        t->scratch->sample_aspect_ratio = (AVRational){1, 1};
        t->shown[slot] = av_frame_clone(t->scratch);
        av_frame_unref(t->scratch);
        if (!t->shown[slot])
            return ERR_NO_MEMORY;
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

static int encode_slot(struct trying *t, size_t slot)
{
    av_frame_unref(t->scratch);
    int err = scaler_get(t->to_candidate, 0, t->scratch);
    if (!err)
        err = video_encoder_send(t->encoder, t->scratch,
                                 (int64_t)slot * t->picture->grid.slot_ticks, slot == 0);
    av_frame_unref(t->scratch);
    return err ? err : collect(t);
}

/* Frames come as they do in a chunk: when the picture changed, at the candidate's rate. */
static int encode(struct trying *t, const struct window *w)
{
    struct frame_pace pace =
        frame_pace_start(t->trial->slot_step, video_ladder_longest_gap(&t->picture->grid));
    int err = 0;

    for (size_t slot = 0; slot < w->n_slots && !err; slot++) {
        const bool is_new = w->pictures[slot] != NULL;
        if (is_new)
            scaler_set(t->to_candidate, w->pictures[slot]);
        if (frame_pace_at(&pace, (int64_t)slot, is_new, slot == 0))
            err = encode_slot(t, slot);
    }
    if (!err)
        err = video_encoder_send(t->encoder, NULL, 0, false);
    if (!err)
        err = collect(t);
    if (!err && avcodec_send_packet(t->decoder, NULL) < 0)
        err = ERR_INVALID;
    return err ? err : take_pictures(t);
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

static int look(struct trying *t, const struct window *w)
{
    const AVFrame *scaled = NULL;

    for (size_t slot = w->n_slots > LOOK_FIRST ? LOOK_FIRST : 0; slot < w->n_slots;
         slot += LOOK_EACH) {
        const AVFrame *source = latest(w->pictures, slot);
        const AVFrame *shown = latest(t->shown, slot);
        if (!source || !shown)
            return ERR_CORRUPT;
        if (shown != scaled) {
            scaler_set(t->to_display, shown);
            scaled = shown;
        }
        av_frame_unref(t->scratch);
        const int err = scaler_get(t->to_display, 0, t->scratch);
        if (err)
            return err;
        const struct plane a = luma_of(source);
        const struct plane b = luma_of(t->scratch);
        t->ssim_sum += ssim_mean(&a, &b);
        t->n_looks++;
    }
    return 0;
}

static int try_window(struct trying *t, const struct window *w)
{
    int err = video_encoder_open(t->down, &t->down->rungs[0], t->fault, &t->encoder);

    if (!err)
        err = open_decoder(t);
    if (!err)
        err = encode(t, w);
    if (!err)
        err = look(t, w);
    end_window(t);
    return err;
}

static int prepare(struct trying *t, const AVFrame *display)
{
    const struct rung down = rung_of(t->trial);
    const struct rung up = {.width = (uint32_t)display->width,
                            .height = (uint32_t)display->height,
                            .slot_step = 1};

    t->scratch = av_frame_alloc();
    t->packet = av_packet_alloc();
    t->down = plan_for(t->picture, &down);
    t->up = plan_for(t->picture, &up);
    if (!t->scratch || !t->packet || !t->down || !t->up)
        return ERR_NO_MEMORY;
    const int err = scaler_new(t->down, &t->to_candidate);
    return err ? err : scaler_new(t->up, &t->to_display);
}

int trial_run(const struct plan_picture *picture, const struct window_list *windows,
              uint32_t segment_ms, struct fault *fault, struct ladder_trial *trial)
{
    CLEANUP(trying_clear) struct trying t = {.picture = picture, .trial = trial, .fault = fault};
    uint64_t n_slots = 0;

    int err = prepare(&t, windows->items[0].pictures[0]);
    for (size_t i = 0; i < windows->n && !err; i++) {
        err = try_window(&t, &windows->items[i]);
        n_slots += windows->items[i].n_slots;
    }
    if (err || windows->n == 0 || segment_ms == 0)
        return err;
    const uint64_t windows_us = (uint64_t)frame_grid_slot_us(&picture->grid, (int64_t)n_slots);
    trial->bps = (uint32_t)(t.first_bytes * 8000 / (windows->n * (uint64_t)segment_ms) +
                            t.other_bytes * 8000000 / (windows_us ? windows_us : 1));
    trial->quality_mdb = ssim_mdb(t.n_looks ? t.ssim_sum / t.n_looks : 0);
    return 0;
}
