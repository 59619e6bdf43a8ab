// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/av1_ladder.h"

#include <math.h>
#include <stdio.h>

enum { CRF_MIN_TENTHS = 100, CRF_MAX_TENTHS = 630, STEP_TENTHS = 70 };

/* libaom's quantiser that looks like x264's CRF, in percent of it, where nothing can be tried:
 * measured, docs/decisions/av1.md. Motion it predicts so much better that it may be coarser. */
enum { STILL_CRF_PERCENT = 167, MOVING_CRF_PERCENT = 183 };

static uint32_t within_scale(double crf_tenths)
{
    return (uint32_t)lround(fmin(fmax(crf_tenths, CRF_MIN_TENTHS), CRF_MAX_TENTHS));
}

static double guess(uint32_t x264_tenths, bool is_still)
{
    return x264_tenths * (is_still ? STILL_CRF_PERCENT : MOVING_CRF_PERCENT) / 100.0;
}

size_t av1_ladder_candidates(const struct plan_picture *picture,
                             struct ladder_trial trials[LADDER_MAX_TRIALS])
{
    const bool is_still = video_ladder_is_still(&picture->content);
    size_t n = 0;

    for (size_t i = 0; i < picture->n_rungs && n + LADDER_TRIALS_EACH <= LADDER_MAX_TRIALS; i++) {
        const struct rung *rung = &picture->rungs[i];
        const uint32_t coarse = within_scale(guess(rung->crf_tenths, is_still) + STEP_TENTHS);
        for (uint32_t k = 0; k < LADDER_TRIALS_EACH; k++)
            trials[n++] =
                (struct ladder_trial){.codec = VIDEO_AV1,
                                      .width = rung->width,
                                      .height = rung->height,
                                      .slot_step = rung->slot_step,
                                      .crf_tenths =
                                          coarse - (LADDER_TRIALS_EACH - 1 - k) * 2 * STEP_TENTHS};
    }
    return n;
}

static struct rung av1_rung(const struct rung *like, bool is_still)
{
    struct rung rung = *like;

    rung.codec = VIDEO_AV1;
    (void)snprintf(rung.name, sizeof rung.name, "%.11s-av1", like->name);
    (void)snprintf(rung.preset, sizeof rung.preset, AV1_LADDER_PRESET);
    rung.crf_tenths = within_scale(guess(like->crf_tenths, is_still));
    rung.expected_kbps = 0;
    rung.quality_mdb = 0;
    return rung;
}

/* As good as the rung of H.264 looked, on the line through two trials in the logarithm of the bit
 * rate; not far off it. */
static void set_quality(struct rung *rung, uint32_t wanted_mdb, const struct ladder_trial *two)
{
    const double span_mdb = (double)two[0].quality_mdb - two[1].quality_mdb;
    const double span_crf = (double)two[1].crf_tenths - two[0].crf_tenths;

    if (span_mdb <= 0 || two[0].bps == 0 || two[1].bps == 0)
        return;
    const double wanted = ((double)two[0].quality_mdb - wanted_mdb) / span_mdb;
    rung->crf_tenths = within_scale(two[0].crf_tenths + span_crf * fmin(fmax(wanted, -0.5), 1.5));
    const double share = (rung->crf_tenths - (double)two[0].crf_tenths) / span_crf;
    const double kbps = exp(log(two[0].bps) + share * (log(two[1].bps) - log(two[0].bps))) / 1000;
    rung->expected_kbps = (uint32_t)lround(kbps);
    rung->quality_mdb = (uint32_t)lround(fmax(two[0].quality_mdb - share * span_mdb, 0));
}

void av1_ladder_add(struct plan_picture *picture, const struct ladder_trial *trials, size_t n)
{
    const bool is_still = video_ladder_is_still(&picture->content);
    const size_t n_h264 = picture->n_rungs;

    for (size_t i = 0; i < n_h264 && picture->n_rungs < PLAN_MAX_RUNGS; i++) {
        const struct rung *like = &picture->rungs[i];
        struct rung *rung = &picture->rungs[picture->n_rungs++];
        *rung = av1_rung(like, is_still);
        if ((i + 1) * LADDER_TRIALS_EACH <= n && like->quality_mdb > 0)
            set_quality(rung, like->quality_mdb, &trials[i * LADDER_TRIALS_EACH]);
    }
}
