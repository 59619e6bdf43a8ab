// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/audio/sane_samples.h"

#include <math.h>
#include <stdbool.h>

#include "common/err.h"

static bool are_floats_sane(const float *samples, size_t n)
{
    bool are_sane = true;

    for (size_t i = 0; i < n; i++)
        are_sane &= fabsf(samples[i]) <= (float)SANE_SAMPLES_MAX; /* not for NaN */
    return are_sane;
}

static bool are_doubles_sane(const double *samples, size_t n)
{
    bool are_sane = true;

    for (size_t i = 0; i < n; i++)
        are_sane &= fabs(samples[i]) <= SANE_SAMPLES_MAX;
    return are_sane;
}

static double sane(double sample)
{
    if (isnan(sample))
        return 0;
    return fabs(sample) <= SANE_SAMPLES_MAX ? sample : copysign(SANE_SAMPLES_MAX, sample);
}

static bool is_plane_sane(const AVFrame *frame, int plane, size_t n)
{
    const void *samples = frame->extended_data[plane];

    return av_get_packed_sample_fmt(frame->format) == AV_SAMPLE_FMT_FLT
               ? are_floats_sane(samples, n)
               : are_doubles_sane(samples, n);
}

static void mend_plane(AVFrame *frame, int plane, size_t n)
{
    float *floats = (void *)frame->extended_data[plane];
    double *doubles = (void *)frame->extended_data[plane];
    const bool is_float = av_get_packed_sample_fmt(frame->format) == AV_SAMPLE_FMT_FLT;

    for (size_t i = 0; i < n; i++) {
        if (is_float)
            floats[i] = (float)sane(floats[i]);
        else
            doubles[i] = sane(doubles[i]);
    }
}

int sane_samples_make(AVFrame *frame)
{
    const enum AVSampleFormat packed = av_get_packed_sample_fmt(frame->format);
    const bool is_planar = av_sample_fmt_is_planar(frame->format);
    const int n_planes = is_planar ? frame->ch_layout.nb_channels : 1;
    const size_t n =
        (size_t)frame->nb_samples * (is_planar ? 1U : (unsigned)frame->ch_layout.nb_channels);
    bool are_sane = true;

    if (packed != AV_SAMPLE_FMT_FLT && packed != AV_SAMPLE_FMT_DBL)
        return 0;
    for (int c = 0; c < n_planes && are_sane; c++)
        are_sane = is_plane_sane(frame, c, n);
    if (are_sane)
        return 0;
    if (av_frame_make_writable(frame) < 0)
        return ERR_NO_MEMORY;
    for (int c = 0; c < n_planes; c++)
        mend_plane(frame, c, n);
    return 0;
}
