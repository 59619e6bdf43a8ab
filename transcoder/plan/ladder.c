// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/ladder.h"

#include <stdio.h>
#include <string.h>

struct budget {
    uint32_t max_kbps;
    uint32_t short_side;
    uint32_t crf_tenths;
    const char *preset; /* slower where pixels are few */
};

static const struct budget BUDGETS[] = {
    {110, 240, 270, "slow"},
    {240, 360, 265, "slow"},
    {450, 480, 260, "medium"},
    {900, 720, 255, "medium"},
};

/* Longest side that any decoder of a cheap phone takes. */
enum { MAX_LONG_SIDE = 1920, MIN_SIDE = 16 };

/* side * numerator / denominator as the nearest even number that is not above the side itself. */
static uint32_t scale_side(uint32_t side, uint64_t numerator, uint64_t denominator)
{
    uint64_t half = (side * numerator + denominator) / (2 * denominator);

    if (half * 2 > side)
        half = side / 2;
    return half < MIN_SIDE / 2 ? MIN_SIDE : (uint32_t)half * 2;
}

/* Fits the picture into that short side; extreme shapes are bounded by the long side. */
static void fit(uint32_t width, uint32_t height, uint32_t short_side, struct rung *rung)
{
    const uint32_t source_short = width < height ? width : height;
    const uint32_t source_long = width < height ? height : width;
    uint64_t numerator = short_side;
    uint64_t denominator = source_short;

    if ((uint64_t)source_long * short_side > (uint64_t)MAX_LONG_SIDE * source_short) {
        numerator = MAX_LONG_SIDE;
        denominator = source_long;
    }
    rung->width = scale_side(width, numerator, denominator);
    rung->height = scale_side(height, numerator, denominator);
}

static void fill(const struct budget *budget, struct rung *rung)
{
    (void)snprintf(rung->name, sizeof rung->name, "v%u", budget->max_kbps);
    (void)snprintf(rung->preset, sizeof rung->preset, "%s", budget->preset);
    rung->slot_step = 1;
    rung->max_kbps = budget->max_kbps;
    rung->crf_tenths = budget->crf_tenths;
}

size_t ladder_make(uint32_t width, uint32_t height, struct rung rungs[LADDER_MAX_RUNGS])
{
    const uint32_t source_short = width < height ? width : height;
    size_t n = 0;

    memset(rungs, 0, LADDER_MAX_RUNGS * sizeof *rungs);
    for (size_t i = 0; i < sizeof BUDGETS / sizeof BUDGETS[0]; i++) {
        const struct budget *budget = &BUDGETS[i];
        if (n > 0 && budget->short_side > source_short)
            break;
        struct rung *rung = &rungs[n++];
        fill(budget, rung);
        fit(width, height, budget->short_side < source_short ? budget->short_side : source_short,
            rung);
    }
    return n;
}
