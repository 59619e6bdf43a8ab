// SPDX-License-Identifier: GPL-3.0-or-later
/* video_ladder.h - the rungs that a lecture's picture is offered at, from trials. Pure.
 *
 * A rung is a budget in kbit/s and what fills it best: candidates (a size and a frame rate) were
 * encoded on samples of the lecture at several qualities, each trial was looked at as a learner
 * sees it (scaled to the display, at the source's rate), and each budget takes the candidate that
 * looked best at its price. The ladder is monotone in height, then frame rate, then bit rate;
 * never upscaled; more than 720 lines are for the budget of 1800 only; it goes by the short side
 * (portrait works as landscape does); sizes are even; a rung that looks no better than the one
 * below is left out. Where a pointer or ink is seen to come late at the highest rung's rate, there
 * is one more at a higher rate: the mean over the picture does not feel it. */
#ifndef TRANSCODER_PLAN_VIDEO_LADDER_H
#define TRANSCODER_PLAN_VIDEO_LADDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "transcoder/plan/frame_grid.h"
#include "transcoder/plan/video_codec.h"

enum {
    LADDER_MAX_RUNGS = 8,
    LADDER_MAX_CANDIDATES = 16,
    LADDER_MAX_TRIALS = 48,
    LADDER_TRIALS_EACH = 2, /* qualities that a candidate is tried at */
};

struct rung {
    char name[16]; /* "v240": the budget */
    enum video_codec codec;
    uint32_t width, height;
    uint32_t slot_step;     /* every how many slots of the grid a frame is shown, at least */
    uint32_t max_kbps;      /* of any segment or so; 0: no cap */
    uint32_t crf_tenths;    /* constant quality, in tenths of the encoder's scale */
    char preset[16];        /* the encoder's */
    char sound_group[16];   /* the audio group that goes with it; empty without sound */
    uint32_t expected_kbps; /* what the trials cost on average, and how they looked; */
    uint32_t quality_mdb;   /* 0 where nothing was tried */
};

/* What a lecture shows, measured on its samples. */
struct ladder_content {
    uint32_t moving_permille; /* of the picture changes within 200 ms, three quarters of the time at
                                 most */
    uint32_t segment_ms;      /* how long its segments will be, about */
};

/* A size and frame rate, encoded. Quality is -10 log10(1 - SSIM) of luma, in thousandths of dB. */
struct ladder_trial {
    enum video_codec codec;
    uint32_t width, height;
    uint32_t slot_step;
    uint32_t crf_tenths;
    uint32_t bps;
    uint32_t quality_mdb;
    uint32_t motion_mdb; /* the same where something moves, at every moment; 0: nothing does */
};

/* What a ladder is made for. */
struct ladder_frame {
    uint32_t width, height; /* of the upright source with square pixels, both > 0 */
    struct frame_grid grid;
    bool with_v1800;
};

/* The most slots between two frames: 200 ms, or browsers stall after a seek. */
uint32_t video_ladder_longest_gap(const struct frame_grid *grid);

/* Whether pictures are mostly still: slides, a screen, ink. */
bool video_ladder_is_still(const struct ladder_content *content);

/* Fills `trials` with what is to be tried, from the smallest candidate up; each candidate at
 * LADDER_TRIALS_EACH qualities, the best one first. bps and quality are left 0. */
size_t video_ladder_candidates(const struct ladder_frame *frame,
                               const struct ladder_content *content,
                               struct ladder_trial trials[LADDER_MAX_TRIALS]);

/* The trial to be run next, n when those that were run (bps > 0) settle the rest: where a size
 * costs less than the lowest budget, smaller ones are not tried; where a rate is good enough for
 * each budget, faster ones are not. `trials` are all that video_ladder_candidates() gave. */
size_t video_ladder_next(const struct ladder_trial *trials, size_t n);

/* The short side that pictures are compared at. */
uint32_t video_ladder_display_px(const struct ladder_frame *frame);

/* The rungs, from the lowest up; at least one. `trials` are those that were run. Without usable
 * trials (n 0, or all without a bit rate) it is the table of what mostly fits. */
size_t video_ladder_choose(const struct ladder_frame *frame, const struct ladder_content *content,
                           const struct ladder_trial *trials, size_t n_trials,
                           struct rung rungs[LADDER_MAX_RUNGS]);

/* The largest even size of that shape whose short side is at most `short_side`. */
void video_ladder_fit(uint32_t width, uint32_t height, uint32_t short_side, uint32_t *ret_width,
                      uint32_t *ret_height);

#endif
