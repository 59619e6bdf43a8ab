// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/audio/sound_facts.h"

#include <ebur128.h>
#include <math.h>
#include <stdlib.h>

#include <libswresample/swresample.h>

#include "common/err.h"
#include "transcoder/audio/audio_decoder.h"
#include "transcoder/audio/music_sense.h"

enum {
    RATE = 48000,
    N_WINDOWS = 24,
    WINDOW_US = 2500000,
    MAX_FRAMES = 20000, /* of a window: broken files may have endless ones without sound */
};

/* What is heard, in each of the forms in which it might be encoded. */
enum { FORM_STEREO, FORM_SUM, FORM_DIFFERENCE, N_FORMS };

struct hearing {
    ebur128_state *meters[N_FORMS]; /* owned */
    SwrContext *resampler; /* owned; to two channels at RATE; NULL before the first frame */
    AVChannelLayout in_layout;
    int in_rate, in_format;
    float *planes[2]; /* owned, room samples each */
    float *pairs;     /* owned, twice as many */
    size_t room;
    double energy[2]; /* of left and right */
    double energy_sum, energy_difference;
    struct music_sense music; /* in the half sums */
};

static void hearing_clear_cleanup(struct hearing *h)
{
    for (int i = 0; i < N_FORMS; i++) {
        if (h->meters[i])
            ebur128_destroy(&h->meters[i]);
    }
    swr_free(&h->resampler);
    av_channel_layout_uninit(&h->in_layout);
    free(h->planes[0]);
    free(h->planes[1]);
    free(h->pairs);
}

/* One channel sounds from both of a listener's speakers: BS.1770 counts it twice. */
static int hearing_init(struct hearing *h)
{
    const int mode = EBUR128_MODE_I | EBUR128_MODE_SAMPLE_PEAK;

    for (int i = 0; i < N_FORMS; i++) {
        h->meters[i] = ebur128_init(i == FORM_STEREO ? 2 : 1, RATE, mode);
        if (!h->meters[i])
            return ERR_NO_MEMORY;
    }
    (void)ebur128_set_channel(h->meters[FORM_SUM], 0, EBUR128_DUAL_MONO);
    (void)ebur128_set_channel(h->meters[FORM_DIFFERENCE], 0, EBUR128_DUAL_MONO);
    return 0;
}

static int make_room(struct hearing *h, size_t n)
{
    if (n <= h->room)
        return 0;
    for (int c = 0; c < 2; c++) {
        float *larger = reallocarray(h->planes[c], n, sizeof *larger);
        /* allow(analyzer): kept in the hearing, which is cleared also after a failure */
        if (!larger)
            return ERR_NO_MEMORY;
        h->planes[c] = larger;
    }
    float *pairs = reallocarray(h->pairs, n, 2 * sizeof *pairs);
    if (!pairs)
        return ERR_NO_MEMORY;
    h->pairs = pairs;
    h->room = n;
    return 0;
}

static int change_form(struct hearing *h, const AVFrame *frame)
{
    AVChannelLayout stereo = AV_CHANNEL_LAYOUT_STEREO;

    if (h->resampler && h->in_rate == frame->sample_rate && h->in_format == frame->format &&
        av_channel_layout_compare(&h->in_layout, &frame->ch_layout) == 0)
        return 0;
    swr_free(&h->resampler);
    av_channel_layout_uninit(&h->in_layout);
    if (av_channel_layout_copy(&h->in_layout, &frame->ch_layout) < 0 ||
        swr_alloc_set_opts2(&h->resampler, &stereo, AV_SAMPLE_FMT_FLTP, RATE, &h->in_layout,
                            frame->format, frame->sample_rate, 0, NULL) < 0)
        return ERR_NO_MEMORY;
    h->in_rate = frame->sample_rate;
    h->in_format = frame->format;
    return swr_init(h->resampler) < 0 ? ERR_UNSUPPORTED : 0;
}

/* One channel is heard in the form that it will have. */
static int measure_one(struct hearing *h, size_t n)
{
    music_sense_hear(&h->music, h->planes[0], n);
    for (size_t i = 0; i < n; i++) {
        const double energy = (double)h->planes[0][i] * h->planes[0][i];
        h->energy[0] += energy;
        h->energy[1] += energy;
        h->energy_sum += energy;
    }
    return ebur128_add_frames_float(h->meters[FORM_SUM], h->planes[0], n) ? ERR_NO_MEMORY : 0;
}

/* Measures the pairs as two channels, then their half sums and half differences as one. */
static int measure_two(struct hearing *h, size_t n)
{
    const float *left = h->planes[0];
    const float *right = h->planes[1];

    for (size_t i = 0; i < n; i++) {
        h->pairs[2 * i] = left[i];
        h->pairs[2 * i + 1] = right[i];
        h->energy[0] += (double)left[i] * left[i];
        h->energy[1] += (double)right[i] * right[i];
    }
    if (ebur128_add_frames_float(h->meters[FORM_STEREO], h->pairs, n))
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        h->pairs[i] = (left[i] + right[i]) / 2;
        h->energy_sum += (double)h->pairs[i] * h->pairs[i];
    }
    music_sense_hear(&h->music, h->pairs, n);
    if (ebur128_add_frames_float(h->meters[FORM_SUM], h->pairs, n))
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        h->pairs[i] = (left[i] - right[i]) / 2;
        h->energy_difference += (double)h->pairs[i] * h->pairs[i];
    }
    return ebur128_add_frames_float(h->meters[FORM_DIFFERENCE], h->pairs, n) ? ERR_NO_MEMORY : 0;
}

static int hear(struct hearing *h, const AVFrame *frame)
{
    int err = change_form(h, frame);

    if (err)
        return err;
    const int most = swr_get_out_samples(h->resampler, frame->nb_samples);
    if (most < 0)
        return ERR_INVALID;
    err = make_room(h, (size_t)most);
    if (err)
        return err;
    uint8_t *planes[2] = {(uint8_t *)h->planes[0], (uint8_t *)h->planes[1]};
    const uint8_t **in = (const uint8_t **)(uintptr_t)frame->extended_data;
    const int n = swr_convert(h->resampler, planes, most, in, frame->nb_samples);
    if (n < 0)
        return ERR_INVALID;
    /* One channel comes out as two, each 3 dB down: what is encoded is the channel itself. */
    if (frame->ch_layout.nb_channels == 1) {
        for (int i = 0; i < n; i++)
            h->planes[0][i] *= (float)M_SQRT2;
        return measure_one(h, (size_t)n);
    }
    return measure_two(h, (size_t)n);
}

/* Hears a window from where the source stands. *ret_first: the first frame's facts. */
static int hear_window(struct hearing *h, struct source *source, int stream, int64_t length_us,
                       struct fault *fault, struct sound_facts *first)
{
    CLEANUP(audio_decoder_free) struct audio_decoder *decoder = NULL;
    AVFrame *frame = av_frame_alloc();
    int64_t heard_us = 0;
    music_sense_skip(&h->music);
    int err = frame ? audio_decoder_open(source, stream, NULL, fault, &decoder) : ERR_NO_MEMORY;

    for (int n = 0; !err && heard_us < length_us && n < MAX_FRAMES; n++) {
        err = audio_decoder_next(decoder, frame);
        if (err)
            break;
        if (first && n == 0) {
            first->first_us = frame->pts == AV_NOPTS_VALUE ? 0 : frame->pts;
            first->sample_rate = (uint32_t)frame->sample_rate;
            first->n_channels = (uint32_t)frame->ch_layout.nb_channels;
        }
        err = hear(h, frame);
        heard_us += av_rescale(frame->nb_samples, 1000000, frame->sample_rate);
        av_frame_unref(frame);
    }
    av_frame_free(&frame);
    if (err == ERR_NOT_FOUND && heard_us > 0)
        return 0;
    return err == ERR_UNSUPPORTED || err == ERR_INVALID ? ERR_NOT_FOUND : err;
}

static int seek_to(struct source *source, int stream, int64_t at_us)
{
    const AVRational time_base = source->format->streams[stream]->time_base;
    const int64_t at = av_rescale_q(at_us, AV_TIME_BASE_Q, time_base);

    return avformat_seek_file(source->format, stream, INT64_MIN, at, at, 0) < 0 ? ERR_UNSUPPORTED
                                                                                : 0;
}

/* The windows after the first one, evenly over the rest. One that cannot be reached or decoded is
 * left out. */
static int hear_more(struct hearing *h, struct source *source, int stream, int64_t first_us,
                     int64_t end_us, struct fault *fault)
{
    for (int64_t i = 1; i < N_WINDOWS; i++) {
        const int64_t at_us = first_us + (end_us - first_us) / N_WINDOWS * i;
        int err = seek_to(source, stream, at_us);
        if (!err)
            err = hear_window(h, source, stream, WINDOW_US, fault, NULL);
        if (err == ERR_NO_MEMORY)
            return err;
    }
    return 0;
}

static int32_t to_centi(double value)
{
    if (!(value > -200))
        return -20000;
    return (int32_t)lrint((value < 100 ? value : 100) * 100);
}

static struct sound_level level_of(ebur128_state *meter)
{
    double lufs = -HUGE_VAL;
    double peak = 0;

    (void)ebur128_loudness_global(meter, &lufs);
    for (unsigned c = 0; c < meter->channels; c++) {
        double value = 0;
        if (ebur128_sample_peak(meter, c, &value) == EBUR128_SUCCESS && value > peak)
            peak = value;
    }
    return (struct sound_level){.centi_lufs = to_centi(lufs),
                                .peak_centi_dbfs =
                                    to_centi(peak > 0 ? 20 * log10(peak) : -HUGE_VAL)};
}

/* Stereo is two channels of which neither is (nearly) silent and whose difference is more than a
 * room's echo: 5 % of the energy. Where the difference is nearly all there is, one channel is
 * upside down. */
static void judge(const struct hearing *h, struct sound_facts *facts)
{
    const double quieter = h->energy[0] < h->energy[1] ? h->energy[0] : h->energy[1];
    const double louder = h->energy[0] + h->energy[1] - quieter;
    const bool is_inverted = h->energy_difference > 10 * h->energy_sum;

    facts->mix = is_inverted ? SOUND_MIX_DIFFERENCE : SOUND_MIX_SUM;
    facts->is_stereo =
        !is_inverted && quieter > louder / 100 && h->energy_difference > h->energy_sum / 20;
    facts->is_music = music_sense_is_music(&h->music);
    facts->level = level_of(h->meters[facts->is_stereo ? FORM_STEREO
                                      : is_inverted    ? FORM_DIFFERENCE
                                                       : FORM_SUM]);
}

int sound_facts_find(struct source *source, int stream, int64_t end_us, struct fault *fault,
                     struct sound_facts *ret_facts)
{
    CLEANUP(hearing_clear) struct hearing h = {0};
    struct sound_facts facts = {0};
    const bool is_short = end_us < (int64_t)N_WINDOWS * WINDOW_US;

    int err = hearing_init(&h);
    if (!err)
        err = source_reopen(source, fault);
    if (!err)
        err = hear_window(&h, source, stream, is_short ? (int64_t)N_WINDOWS * WINDOW_US : WINDOW_US,
                          fault, &facts);
    if (err == ERR_NOT_FOUND)
        return fault_set(fault, FAILURE_NO_STREAM, ERR_INVALID, "no sound can be decoded");
    if (!err && !is_short)
        err = hear_more(&h, source, stream, facts.first_us, end_us, fault);
    if (err)
        return err;
    judge(&h, &facts);
    *ret_facts = facts;
    return 0;
}
