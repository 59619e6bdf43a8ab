// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/audio/limiter.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

enum {
    RING = 512, /* a power of two above the delay */
    TAPS = 12,  /* around a place between two samples */
    PHASES = 4,
    BEFORE = 5, /* taps in front of the sample in question */
    AFTER = 6,
    RELEASE_SAMPLES = 9600, /* 200 ms to let go */
};

#define PI 3.14159265358979323846

/* All that the filter can make of samples that are no larger than 1: below 1 / this nothing between
 * the samples reaches 1. */
static const float LARGEST_OVERSHOOT = 2.5F;

struct limiter {
    int n_channels;
    float gain;
    float ceiling;
    float release; /* part of the way back, per sample */
    float taps[PHASES - 1][TAPS];
    float ring[LIMITER_MAX_CHANNELS][RING]; /* gained samples */
    uint64_t n_in;
    int64_t last_loud; /* where a sample was last so large that its surroundings count */
    /* The smallest gain wanted in the last LIMITER_LOOK_AHEAD samples: a rising queue. */
    struct {
        uint64_t at;
        float gain;
    } wanted[RING];
    size_t wanted_first, wanted_end;
    float held; /* the smallest gain, which comes back slowly */
    float history[RING];
    double history_sum; /* of the last LIMITER_LOOK_AHEAD of them */
};

/* A sinc under a Hann window, for the places a quarter, a half and three quarters of the way. */
static void make_taps(struct limiter *l)
{
    for (int phase = 1; phase < PHASES; phase++) {
        double sum = 0;
        double taps[TAPS];
        for (int i = 0; i < TAPS; i++) {
            const double x = i - BEFORE - (double)phase / PHASES;
            const double window = 0.5 + 0.5 * cos(PI * x / (TAPS / 2.0 + 0.5));
            taps[i] = sin(PI * x) / (PI * x) * window;
            sum += taps[i];
        }
        for (int i = 0; i < TAPS; i++)
            l->taps[phase - 1][i] = (float)(taps[i] / sum);
    }
}

struct limiter *limiter_new(int n_channels, int32_t gain_centi_db)
{
    struct limiter *l = calloc(1, sizeof *l);

    if (!l)
        return NULL;
    l->n_channels = n_channels;
    l->gain = (float)pow(10, gain_centi_db / 2000.0);
    l->ceiling = (float)pow(10, LIMITER_CEILING_CENTI_DBTP / 2000.0);
    l->release = (float)(1 - exp(-1.0 / RELEASE_SAMPLES));
    l->held = 1;
    l->last_loud = -RING;
    for (size_t i = 0; i < RING; i++)
        l->history[i] = 1;
    l->history_sum = LIMITER_LOOK_AHEAD;
    make_taps(l);
    return l;
}

void limiter_free(struct limiter *limiter)
{
    free(limiter);
}

/* The largest value at and behind that sample, up to the next one. */
static float peak_at(const struct limiter *l, uint64_t at)
{
    float peak = 0;

    for (int c = 0; c < l->n_channels; c++) {
        const float here = fabsf(l->ring[c][at % RING]);
        peak = here > peak ? here : peak;
        for (int phase = 0; phase < PHASES - 1; phase++) {
            float value = 0;
            for (int i = 0; i < TAPS; i++)
                value += l->taps[phase][i] * l->ring[c][(at - BEFORE + (uint64_t)i) % RING];
            value = fabsf(value);
            peak = value > peak ? value : peak;
        }
    }
    return peak;
}

/* The gain that the sample AFTER samples ago needs: 1 when it is not too loud. */
static float wanted_gain(const struct limiter *l)
{
    if ((int64_t)l->n_in - l->last_loud > TAPS)
        return 1;
    const float peak = peak_at(l, l->n_in - AFTER);
    return peak > l->ceiling ? l->ceiling / peak : 1;
}

/* The smallest gain wanted within the look-ahead. */
static float smallest_wanted(struct limiter *l, float wanted)
{
    while (l->wanted_end > l->wanted_first && l->wanted[(l->wanted_end - 1) % RING].gain >= wanted)
        l->wanted_end--;
    l->wanted[l->wanted_end % RING].at = l->n_in;
    l->wanted[l->wanted_end++ % RING].gain = wanted;
    if (l->wanted[l->wanted_first % RING].at + LIMITER_LOOK_AHEAD <= l->n_in)
        l->wanted_first++;
    return l->wanted[l->wanted_first % RING].gain;
}

/* The gain for the sample that comes out now. Each of the averaged values is small enough for it,
 * so their mean is. */
static float next_gain(struct limiter *l)
{
    const float smallest = smallest_wanted(l, wanted_gain(l));
    const float oldest = l->history[(l->n_in - LIMITER_LOOK_AHEAD) % RING];

    l->held = smallest < l->held ? smallest : l->held + (smallest - l->held) * l->release;
    l->history[l->n_in % RING] = l->held;
    l->history_sum += (double)l->held - oldest;
    return (float)(l->history_sum / LIMITER_LOOK_AHEAD);
}

void limiter_process(struct limiter *l, float *const planes[LIMITER_MAX_CHANNELS], size_t n)
{
    for (size_t i = 0; i < n; i++, l->n_in++) {
        for (int c = 0; c < l->n_channels; c++) {
            const float sample = planes[c][i] * l->gain;
            l->ring[c][l->n_in % RING] = sample;
            if (fabsf(sample) * LARGEST_OVERSHOOT > l->ceiling)
                l->last_loud = (int64_t)l->n_in;
        }
        const float gain = next_gain(l);
        for (int c = 0; c < l->n_channels; c++)
            planes[c][i] = l->ring[c][(l->n_in - LIMITER_DELAY) % RING] * gain;
    }
}
