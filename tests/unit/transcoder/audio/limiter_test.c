// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/audio/limiter.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

enum { N = 48000 };

static float left[N], right[N];

static double decibels(double value)
{
    return 20 * log10(value);
}

static void limit(int n_channels, int32_t gain_centi_db, size_t block)
{
    CLEANUP(limiter_free) struct limiter *limiter = limiter_new(n_channels, gain_centi_db);

    cr_assert_not_null(limiter);
    for (size_t at = 0; at < N; at += block) {
        float *const planes[2] = {left + at, right + at};
        limiter_process(limiter, planes, at + block > N ? N - at : block);
    }
}

Test(limiter, soft_sound_is_only_delayed_and_made_louder)
{
    for (int i = 0; i < N; i++)
        left[i] = (float)(0.05 * sin(i * 0.1));
    limit(1, 600, 1000);
    for (int i = 0; i < LIMITER_DELAY; i++)
        cr_assert_eq(left[i], 0);
    for (int i = LIMITER_DELAY; i < N; i++)
        cr_assert_float_eq(left[i], 0.05 * 1.9953 * sin((i - LIMITER_DELAY) * 0.1), 1e-5);
}

/* A tone at a quarter of the rate, sampled beside its peaks: the samples say -3 dB less. */
Test(limiter, peaks_between_the_samples_count)
{
    double peak = 0;

    for (int i = 0; i < N; i++)
        left[i] = (float)sin(M_PI / 2 * i + M_PI / 4);
    limit(1, 0, 4096);
    for (int i = N / 2; i < N; i++)
        peak = fabs(left[i]) > peak ? fabs(left[i]) : peak;
    cr_assert_float_eq(decibels(peak * M_SQRT2), LIMITER_CEILING_CENTI_DBTP / 100.0, 0.3);
}

Test(limiter, no_sample_of_anything_loud_passes_the_ceiling)
{
    const double ceiling = pow(10, LIMITER_CEILING_CENTI_DBTP / 2000.0);
    uint32_t noise = 7;

    for (int i = 0; i < N; i++) {
        noise = noise * 1664525U + 1013904223U;
        left[i] = (float)((int)(noise >> 16) % 2001 - 1000) / 1000 * (i / 5000 % 2 ? 1.0F : 0.01F);
        right[i] = (float)sin(i * 0.03);
    }
    limit(2, 1000, 777);
    for (int i = 0; i < N; i++)
        cr_assert(fabs(left[i]) <= ceiling * 1.0001 && fabs(right[i]) <= ceiling * 1.0001, "%d", i);
}

Test(limiter, the_size_of_blocks_changes_nothing)
{
    static float once[N];

    for (int i = 0; i < N; i++)
        left[i] = (float)sin(i * 0.01 * (i % 300));
    for (int i = 0; i < N; i++)
        once[i] = left[i];
    limit(1, 800, N);
    for (int i = 0; i < N; i++) {
        const float whole = left[i];
        left[i] = once[i];
        once[i] = whole;
    }
    limit(1, 800, 123);
    for (int i = 0; i < N; i++)
        cr_assert_eq(left[i], once[i]);
}
