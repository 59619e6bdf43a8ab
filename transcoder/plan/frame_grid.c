// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/frame_grid.h"

#include <assert.h>
#include <stdlib.h>

#include "common/cleanup.h"

enum {
    MAX_RATE = 30,
    MIN_RATE = 5, /* 200 ms: browsers stall after a seek when frames are rarer */
    MIN_TIMESCALE = 10000,
};

struct rate {
    uint32_t num, den;
};

/* Rates that cameras, screen recorders and editors use. A regular source that is within half a
 * percent of one of them has it; its timestamps are rounded or its clock is off. */
static const struct rate KNOWN_RATES[] = {
    {1, 1},  {2, 1},   {3, 1},        {4, 1},   {5, 1},   {6, 1},  {15, 2},       {8, 1},
    {10, 1}, {12, 1},  {25, 2},       {15, 1},  {16, 1},  {20, 1}, {24000, 1001}, {24, 1},
    {25, 1}, {28, 1},  {30000, 1001}, {30, 1},  {48, 1},  {50, 1}, {60000, 1001}, {60, 1},
    {90, 1}, {100, 1}, {120, 1},      {144, 1}, {240, 1},
};

static uint32_t greatest_common_divisor(uint32_t a, uint32_t b)
{
    while (b) {
        const uint32_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

struct frame_grid frame_grid_of(uint32_t rate_num, uint32_t rate_den)
{
    assert(rate_num > 0 && rate_den > 0);
    const uint32_t divisor = greatest_common_divisor(rate_num, rate_den);
    const uint32_t num = rate_num / divisor;
    const uint32_t den = rate_den / divisor;
    const uint32_t factor = (MIN_TIMESCALE + num - 1) / num;

    return (struct frame_grid){.rate_num = num,
                               .rate_den = den,
                               .timescale = num * factor,
                               .slot_ticks = den * factor};
}

static int compare_times(const void *a, const void *b)
{
    const int64_t left = *(const int64_t *)a;
    const int64_t right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

/* The median of the n - 1 distances between n >= 2 sorted times; 0 without memory for it. */
static int64_t median_distance(const int64_t *times_us, size_t n)
{
    CLEANUP(free_ptr) int64_t *distances = calloc(n - 1, sizeof *distances);

    if (!distances)
        return 0;
    for (size_t i = 0; i + 1 < n; i++)
        distances[i] = times_us[i + 1] - times_us[i];
    qsort(distances, n - 1, sizeof *distances, compare_times);
    return distances[(n - 1) / 2];
}

struct frame_spacing frame_spacing_measure(int64_t *times_us, size_t n)
{
    enum { ROUNDING_US = 1000 }; /* FLV and Matroska count milliseconds */
    struct frame_spacing spacing = {.n_frames = n};

    if (n < 2)
        return spacing;
    qsort(times_us, n, sizeof *times_us, compare_times);
    spacing.span_us = times_us[n - 1] - times_us[0];
    const int64_t median = median_distance(times_us, n);
    const int64_t tolerance = median / 20 + ROUNDING_US;
    for (size_t i = 0; i + 1 < n; i++) {
        const int64_t distance = times_us[i + 1] - times_us[i];
        if (distance > 0 && distance >= median - tolerance && distance <= median + tolerance) {
            spacing.n_regular++;
            spacing.regular_us += distance;
        }
    }
    return spacing;
}

/* n events in that time as thousandths of events per second; 0 when that makes no sense. */
static int64_t millihertz(uint64_t n, int64_t time_us)
{
    if (n == 0 || time_us <= 0 || n > INT32_MAX)
        return 0;
    return ((int64_t)n * 1000000000 + time_us / 2) / time_us;
}

static struct rate snap(int64_t measured)
{
    struct rate best = {(uint32_t)measured, 1000};
    int64_t best_distance = measured / 200;

    for (size_t i = 0; i < sizeof KNOWN_RATES / sizeof KNOWN_RATES[0]; i++) {
        const int64_t known = (int64_t)KNOWN_RATES[i].num * 1000 / KNOWN_RATES[i].den;
        const int64_t distance = known > measured ? known - measured : measured - known;
        if (distance <= best_distance) {
            best = KNOWN_RATES[i];
            best_distance = distance;
        }
    }
    return best;
}

static struct frame_grid fit(struct rate rate)
{
    while (rate.num > MAX_RATE * rate.den + rate.den / 2)
        rate.den *= 2;
    if (rate.num < MIN_RATE * rate.den) {
        const uint32_t factor = (MIN_RATE * rate.den + rate.num - 1) / rate.num;
        rate.num *= factor;
    }
    return frame_grid_of(rate.num, rate.den);
}

struct frame_grid frame_grid_choose(const struct frame_spacing *spacing)
{
    enum { SLOWEST_MILLIHERTZ = 100, FASTEST_MILLIHERTZ = 250000, NEARER_TO_30 = 27500 };
    const int64_t regular = millihertz(spacing->n_regular, spacing->regular_us);

    if (spacing->n_regular > 0 && spacing->n_regular * 10 >= (spacing->n_frames - 1) * 9 &&
        regular >= SLOWEST_MILLIHERTZ && regular <= FASTEST_MILLIHERTZ)
        return fit(snap(regular));
    const int64_t mean = millihertz(spacing->n_frames, spacing->span_us);
    return frame_grid_of(mean > NEARER_TO_30 ? 30 : 25, 1);
}

int64_t frame_grid_slot_us(const struct frame_grid *grid, int64_t slot)
{
    return slot * grid->rate_den * 1000000 / grid->rate_num;
}

int64_t frame_grid_slots_before(const struct frame_grid *grid, int64_t time_us)
{
    if (time_us <= 0)
        return 0;
    return (time_us * grid->rate_num - 1) / ((int64_t)grid->rate_den * 1000000) + 1;
}

int64_t frame_grid_nearest_slot(const struct frame_grid *grid, int64_t time_us)
{
    const int64_t unit = (int64_t)grid->rate_den * 1000000;

    return (time_us * grid->rate_num + unit / 2) / unit;
}
