// SPDX-License-Identifier: GPL-3.0-or-later
/* ladder.h - the rungs that a lecture is offered at. Pure.
 *
 * A rung is a budget in kbit/s and the picture that fills it. Rungs are never larger than the
 * source, go by the short side (portrait works as landscape does), keep the aspect ratio, and have
 * even sizes. */
#ifndef TRANSCODER_PLAN_LADDER_H
#define TRANSCODER_PLAN_LADDER_H

#include <stddef.h>
#include <stdint.h>

enum { LADDER_MAX_RUNGS = 8 };

struct rung {
    char name[16]; /* "v240": the budget */
    uint32_t width, height;
    uint32_t slot_step;   /* every how many slots of the grid a frame is shown, at least */
    uint32_t max_kbps;    /* of any second or so */
    uint32_t crf_tenths;  /* constant quality, in tenths of x264's scale */
    char preset[16];      /* x264's */
    char sound_group[16]; /* the audio group that goes with it; empty without sound */
};

/* The rungs for upright pictures of that size with square pixels (both sides > 0), from the lowest
 * up; at least one. */
size_t ladder_make(uint32_t width, uint32_t height, struct rung rungs[LADDER_MAX_RUNGS]);

#endif
