// SPDX-License-Identifier: GPL-3.0-or-later
/* limiter.h - makes sound louder or softer and keeps its peaks below a ceiling. Pure.
 *
 * The gain was chosen from samples of a lecture, so somewhere between them it may be too much. The
 * limiter looks ahead, finds the true peaks (between the samples too, ITU-R BS.1770-4 annex 2) and
 * turns the sound down just in time, slowly enough that nobody hears it. */
#ifndef TRANSCODER_AUDIO_LIMITER_H
#define TRANSCODER_AUDIO_LIMITER_H

#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"

struct limiter; /* opaque */

enum {
    LIMITER_MAX_CHANNELS = 2,
    LIMITER_LOOK_AHEAD = 240,               /* samples at 48 kHz: 5 ms */
    LIMITER_DELAY = LIMITER_LOOK_AHEAD + 5, /* sample k comes out when sample k + this went in */
    LIMITER_CEILING_CENTI_DBTP = -200,      /* codecs add to peaks */
};

/* For sound of 48 kHz with 1 or 2 channels. NULL when memory is exhausted. */
struct limiter *limiter_new(int n_channels, int32_t gain_centi_db);
void limiter_free(struct limiter *limiter);
DEFINE_CLEANUP(limiter_free, struct limiter *)

/* Replaces n samples by those of LIMITER_DELAY samples before (silence before the first). */
void limiter_process(struct limiter *limiter, float *const planes[LIMITER_MAX_CHANNELS], size_t n);

#endif
