// SPDX-License-Identifier: GPL-3.0-or-later
/* fragment_head.h - moof and the header of mdat for one CMAF fragment. Pure.
 *
 * A fragment's tfdt is the time at which its first frame is shown, exactly, and the next fragment's
 * tfdt is where this one ends. Decoding and showing start together: there is no edit list, which
 * players read differently (hls.js 1.7 places a fragment without it, Chromium with it, WebKitGTK
 * 2.50 shows pictures late by it). Frames that are reordered are decoded early instead. A frame
 * costs 4 bytes, 4 more where frames of its fragment are reordered, and 4 more where they are not
 * evenly spaced. */
#ifndef TRANSCODER_CMAF_FRAGMENT_HEAD_H
#define TRANSCODER_CMAF_FRAGMENT_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

enum { FRAGMENT_MAX_SAMPLES = 4096 }; /* 10 s at 120 frames/s, and to spare */

struct sample {
    int64_t pts_ticks; /* >= 0, no two the same within a fragment */
    uint32_t size_bytes;
};

struct fragment_spec {
    uint32_t sequence;            /* rises from fragment to fragment */
    const struct sample *samples; /* in decode order; the first is the sync sample */
    size_t n_samples;             /* 1 to FRAGMENT_MAX_SAMPLES */
    int64_t end_ticks;            /* where the last frame stops being shown: next fragment's tfdt */
    uint32_t default_ticks;       /* the init section's sample duration */
    bool is_audio;                /* every sample is a sync sample */
};

/* Appends moof and mdat's header; the samples' bytes have to follow in order.
 * Returns 0, or ERR_INVALID for samples that break the rules above (then nothing is appended). */
int fragment_head_append(const struct fragment_spec *spec, struct buf *out);

#endif
