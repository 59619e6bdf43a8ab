// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/audio/sane_samples.h"

#include <criterion/criterion.h>
#include <math.h>

enum { N = 100 };

static AVFrame *make_frame(enum AVSampleFormat format)
{
    AVFrame *frame = av_frame_alloc();

    frame->format = format;
    frame->nb_samples = N;
    frame->sample_rate = 48000;
    av_channel_layout_default(&frame->ch_layout, 2);
    cr_assert_eq(av_frame_get_buffer(frame, 0), 0);
    cr_assert_eq(av_samples_set_silence(frame->extended_data, 0, N, 2, format), 0);
    return frame;
}

Test(sane_samples, what_is_no_number_is_silence_and_what_is_too_loud_is_cut)
{
    AVFrame *frame = make_frame(AV_SAMPLE_FMT_FLTP);
    float *left = (float *)frame->extended_data[0];
    float *right = (float *)frame->extended_data[1];

    left[3] = NAN;
    left[4] = INFINITY;
    right[N - 1] = -1e30F;
    right[0] = -1.5F;
    cr_assert_eq(sane_samples_make(frame), 0);
    left = (float *)frame->extended_data[0];
    right = (float *)frame->extended_data[1];
    cr_assert_eq(left[3], 0);
    cr_assert_eq(left[4], (float)SANE_SAMPLES_MAX);
    cr_assert_eq(right[N - 1], -(float)SANE_SAMPLES_MAX);
    cr_assert_eq(right[0], -1.5F, "a recorder's headroom stays");
    av_frame_free(&frame);
}

Test(sane_samples, so_it_is_for_doubles_side_by_side)
{
    AVFrame *frame = make_frame(AV_SAMPLE_FMT_DBL);
    double *samples = (double *)frame->extended_data[0];

    samples[2 * N - 1] = -INFINITY;
    samples[0] = 0.25;
    cr_assert_eq(sane_samples_make(frame), 0);
    samples = (double *)frame->extended_data[0];
    cr_assert_eq(samples[2 * N - 1], -SANE_SAMPLES_MAX);
    cr_assert_eq(samples[0], 0.25);
    av_frame_free(&frame);
}

Test(sane_samples, a_frame_that_others_hold_is_mended_in_a_copy)
{
    AVFrame *frame = make_frame(AV_SAMPLE_FMT_FLT);
    float *samples = (float *)frame->extended_data[0];
    AVFrame *other = av_frame_clone(frame);

    samples[7] = NAN;
    cr_assert_eq(sane_samples_make(frame), 0);
    cr_assert_eq(((float *)frame->extended_data[0])[7], 0);
    cr_assert(isnan(((float *)other->extended_data[0])[7]));
    av_frame_free(&other);
    av_frame_free(&frame);
}

Test(sane_samples, integers_stay_as_they_are)
{
    AVFrame *frame = make_frame(AV_SAMPLE_FMT_S32);

    memset(frame->extended_data[0], 0xff, N * 8);
    cr_assert_eq(sane_samples_make(frame), 0);
    cr_assert_eq(frame->extended_data[0][N * 8 - 1], 0xff);
    av_frame_free(&frame);
}
