// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/audio/sound_source.h"

#include <stdlib.h>
#include <string.h>

#include <libavutil/opt.h>
#include <libswresample/swresample.h>

#include "common/err.h"
#include "transcoder/audio/audio_decoder.h"
#include "transcoder/audio/drift.h"

struct sound_source {
    struct audio_decoder *decoder; /* owned */
    AVChannelLayout layout;        /* of what is decoded */
    int n_channels;                /* that come out */
    enum sound_mix mix;
    SwrContext *resampler;     /* owned; NULL before the first frame */
    AVChannelLayout in_layout; /* what the resampler is made for */
    int in_rate;
    int in_format;
    AVFrame *frame;    /* owned, scratch */
    uint64_t n_frames; /* decoded */
    bool is_waiting;   /* frame is to be taken when what is before it was given out */
    int64_t position;  /* samples given out, queued and of silence */
    float *queue[SOUND_MAX_CHANNELS]; /* owned: samples that were resampled, not yet read */
    size_t n_queued;
    size_t n_silent; /* samples of silence behind them */
    size_t queue_room;
    bool is_ended;
};

void sound_source_free(struct sound_source *s)
{
    if (!s)
        return;
    audio_decoder_free(s->decoder);
    swr_free(&s->resampler);
    av_channel_layout_uninit(&s->in_layout);
    av_frame_free(&s->frame);
    for (int c = 0; c < SOUND_MAX_CHANNELS; c++)
        free(s->queue[c]);
    free(s);
}

static int widest(const struct plan_sound *plan)
{
    uint32_t n = 1;

    for (size_t i = 0; i < plan->n_rungs; i++)
        n = plan->rungs[i].n_channels > n ? plan->rungs[i].n_channels : n;
    return (int)n;
}

int sound_source_open(struct source *source, const struct plan_sound *plan, struct fault *fault,
                      struct sound_source **ret_sound)
{
    CLEANUP(sound_source_free) struct sound_source *s = calloc(1, sizeof *s);

    if (!s)
        return ERR_NO_MEMORY;
    s->n_channels = widest(plan);
    s->mix = plan->mix;
    av_channel_layout_default(&s->layout, s->n_channels > (int)plan->n_channels
                                              ? s->n_channels
                                              : (int)plan->n_channels);
    s->frame = av_frame_alloc();
    if (!s->frame)
        return ERR_NO_MEMORY;
    const int err =
        audio_decoder_open(source, (int)plan->stream, &plan->shifts, fault, &s->decoder);
    if (err)
        return err;
    *ret_sound = s;
    s = NULL;
    return 0;
}

static int make_room(struct sound_source *s, size_t n)
{
    size_t room = s->queue_room ? s->queue_room : 8192;

    while (room < s->n_queued + n)
        room *= 2;
    if (room == s->queue_room)
        return 0;
    for (int c = 0; c < s->layout.nb_channels; c++) {
        float *larger = realloc(s->queue[c], room * sizeof *larger);
        if (!larger)
            return ERR_NO_MEMORY;
        s->queue[c] = larger;
    }
    s->queue_room = room;
    return 0;
}

/* Resamples what is given (NULL: what is left inside) into the queue. */
static int resample(struct sound_source *s, const AVFrame *frame)
{
    const int n_in = frame ? frame->nb_samples : 0;
    uint8_t *planes[SOUND_MAX_CHANNELS] = {NULL};

    const int most = swr_get_out_samples(s->resampler, n_in);
    if (most < 0)
        return ERR_INVALID;
    const int err = make_room(s, (size_t)most);
    if (err)
        return err;
    for (int c = 0; c < s->layout.nb_channels; c++)
        planes[c] = (uint8_t *)(s->queue[c] + s->n_queued);
    const uint8_t **in = frame ? (const uint8_t **)(uintptr_t)frame->extended_data : NULL;
    const int n = swr_convert(s->resampler, planes, most, in, n_in);
    if (n < 0)
        return ERR_INVALID;
    s->n_queued += (size_t)n;
    s->position += n;
    return 0;
}

static bool fits(const struct sound_source *s, const AVFrame *frame)
{
    return s->resampler && s->in_rate == frame->sample_rate && s->in_format == frame->format &&
           av_channel_layout_compare(&s->in_layout, &frame->ch_layout) == 0;
}

/* Makes a resampler for frames of that form, emptying the one before. */
static int change_form(struct sound_source *s, const AVFrame *frame)
{
    if (s->resampler) {
        const int err = resample(s, NULL);
        if (err)
            return err;
    }
    swr_free(&s->resampler);
    av_channel_layout_uninit(&s->in_layout);
    if (av_channel_layout_copy(&s->in_layout, &frame->ch_layout) < 0 ||
        swr_alloc_set_opts2(&s->resampler, &s->layout, AV_SAMPLE_FMT_FLTP, SOUND_RATE,
                            &s->in_layout, frame->format, frame->sample_rate, 0, NULL) < 0)
        return ERR_NO_MEMORY;
    /* Stretching works only where rates are converted; this makes equal rates go that way too. */
    (void)av_opt_set_int(s->resampler, "flags", SWR_FLAG_RESAMPLE, 0);
    s->in_rate = frame->sample_rate;
    s->in_format = frame->format;
    return swr_init(s->resampler) < 0 ? ERR_UNSUPPORTED : 0;
}

/* Leaves a gap: what the resampler holds comes before it, the frame behind it. */
static int leave_gap(struct sound_source *s, int64_t wanted)
{
    const int err = resample(s, NULL);

    if (err)
        return err;
    swr_free(&s->resampler); /* emptied to the last sample; it starts afresh behind the gap */
    if (wanted > s->position) {
        s->n_silent = (size_t)(wanted - s->position);
        s->position = wanted;
    }
    s->is_waiting = true;
    return 0;
}

/* Puts the frame where its time says. *ret_n_dropped of its samples are too late to be heard. */
static int align(struct sound_source *s, int *ret_n_dropped)
{
    const AVFrame *frame = s->frame;

    if (frame->pts == AV_NOPTS_VALUE)
        return 0;
    const int64_t wanted = av_rescale(frame->pts, SOUND_RATE, 1000000);
    const int64_t have = s->position + swr_get_delay(s->resampler, SOUND_RATE);
    const struct drift_step step = drift_decide(wanted - have, s->n_frames == 0);

    if (step.kind == DRIFT_SILENCE)
        return leave_gap(s, have + step.samples);
    if (step.kind == DRIFT_DROP)
        *ret_n_dropped = (int)av_rescale(step.samples, s->in_rate, SOUND_RATE);
    else if (step.kind == DRIFT_STRETCH &&
             swr_set_compensation(s->resampler, step.samples, step.over_samples) < 0)
        return ERR_INVALID;
    return 0;
}

/* Forgets the first samples of a frame. */
static void drop_head(AVFrame *frame, int n)
{
    const int bytes = av_get_bytes_per_sample(frame->format);
    const bool is_planar = av_sample_fmt_is_planar(frame->format);
    const int n_planes = is_planar ? frame->ch_layout.nb_channels : 1;
    const ptrdiff_t step = (ptrdiff_t)n * bytes * (is_planar ? 1 : frame->ch_layout.nb_channels);

    for (int c = 0; c < n_planes; c++)
        frame->extended_data[c] += step;
    frame->nb_samples -= n;
}

/* Takes the frame, or leaves it waiting behind a gap. */
static int take_frame(struct sound_source *s)
{
    const bool was_waiting = s->is_waiting;
    int n_dropped = 0;
    int err = fits(s, s->frame) ? 0 : change_form(s, s->frame);

    s->is_waiting = false;
    if (!err && !was_waiting)
        err = align(s, &n_dropped);
    if (err || s->is_waiting || n_dropped >= s->frame->nb_samples)
        return err;
    if (n_dropped > 0)
        drop_head(s->frame, n_dropped);
    s->n_frames++;
    return resample(s, s->frame);
}

/* Decodes a step further; only called when nothing is queued. */
static int advance(struct sound_source *s)
{
    if (s->is_waiting)
        return take_frame(s);
    av_frame_unref(s->frame);
    const int err = audio_decoder_next(s->decoder, s->frame);
    if (!err)
        return take_frame(s);
    if (err != ERR_NOT_FOUND)
        return err;
    s->is_ended = true;
    return s->resampler ? resample(s, NULL) : 0;
}

static size_t take_queued(struct sound_source *s, float *const planes[], size_t at, size_t n)
{
    const size_t taken = s->n_queued < n ? s->n_queued : n;

    for (int c = 0; c < s->layout.nb_channels && taken > 0; c++) {
        memcpy(planes[c] + at, s->queue[c], taken * sizeof(float));
        memmove(s->queue[c], s->queue[c] + taken, (s->n_queued - taken) * sizeof(float));
    }
    s->n_queued -= taken;
    return taken;
}

static size_t take_silence(const struct sound_source *s, float *const planes[], size_t at, size_t n)
{
    for (int c = 0; c < s->layout.nb_channels; c++)
        memset(planes[c] + at, 0, n * sizeof(float));
    return n;
}

/* Two channels become one. */
static void mix_down(const struct sound_source *s, float *const planes[], size_t n)
{
    const float sign = s->mix == SOUND_MIX_DIFFERENCE ? -1 : 1;

    for (size_t i = 0; i < n; i++)
        planes[0][i] = (planes[0][i] + sign * planes[1][i]) / 2;
}

static int read_decoded(struct sound_source *s, float *const planes[], size_t n)
{
    size_t have = 0;

    while (have < n) {
        if (s->n_queued > 0) {
            have += take_queued(s, planes, have, n - have);
        } else if (s->n_silent > 0) {
            const size_t silent = s->n_silent < n - have ? s->n_silent : n - have;
            have += take_silence(s, planes, have, silent);
            s->n_silent -= silent;
        } else if (s->is_ended) {
            have += take_silence(s, planes, have, n - have);
        } else {
            const int err = advance(s);
            if (err)
                return err;
        }
    }
    return 0;
}

int sound_source_read(struct sound_source *s, float *const planes[SOUND_MAX_CHANNELS], size_t n)
{
    const int err = read_decoded(s, planes, n);

    if (!err && s->n_channels < s->layout.nb_channels)
        mix_down(s, planes, n);
    return err;
}

int sound_source_n_channels(const struct sound_source *s)
{
    return s->n_channels;
}

uint64_t sound_source_n_frames(const struct sound_source *s)
{
    return s->n_frames;
}

void sound_source_report(struct sound_source *s, struct tally *ret_tally)
{
    audio_decoder_report(s->decoder, ret_tally);
}
