// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/av1_ladder.h"

#include <stdio.h>

enum {
    CRF_MAX_TENTHS = 630,
    CAP_PERCENT = 80, /* of the H.264 rung's */
};

/* libaom's quantiser that looks like x264's CRF, in percent of it: measured, docs/transcoding.md.
 * Motion it predicts so much better that it may be coarser. */
enum { STILL_CRF_PERCENT = 167, MOVING_CRF_PERCENT = 183 };

static uint32_t crf_for(uint32_t x264_tenths, bool is_still)
{
    const uint32_t tenths = x264_tenths * (is_still ? STILL_CRF_PERCENT : MOVING_CRF_PERCENT) / 100;

    return tenths < CRF_MAX_TENTHS ? tenths : CRF_MAX_TENTHS;
}

static struct rung av1_rung(const struct rung *like, bool is_still)
{
    struct rung rung = *like;

    rung.codec = VIDEO_AV1;
    (void)snprintf(rung.name, sizeof rung.name, "%.11s-av1", like->name);
    (void)snprintf(rung.preset, sizeof rung.preset, "6");
    rung.crf_tenths = crf_for(like->crf_tenths, is_still);
    rung.max_kbps = like->max_kbps * CAP_PERCENT / 100;
    rung.expected_kbps = 0;
    rung.quality_mdb = 0;
    return rung;
}

void av1_ladder_add(struct plan_picture *picture)
{
    const bool is_still = video_ladder_is_still(&picture->content);
    const size_t n = picture->n_rungs;

    for (size_t i = 0; i < n && picture->n_rungs < PLAN_MAX_RUNGS; i++)
        picture->rungs[picture->n_rungs++] = av1_rung(&picture->rungs[i], is_still);
}
