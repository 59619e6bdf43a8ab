// SPDX-License-Identifier: GPL-3.0-or-later
/* sane_samples.h - samples in floating point as a recording can have them. A file may hold any
 * bits: infinities and no numbers at all would spread over whole seconds in filters, and encoders
 * refuse them. */
#ifndef TRANSCODER_AUDIO_SANE_SAMPLES_H
#define TRANSCODER_AUDIO_SANE_SAMPLES_H

#include <libavutil/frame.h>

/* 30 dB above full scale: a recorder's headroom, and more. */
#define SANE_SAMPLES_MAX 32.0

/* What is no number becomes silence, what exceeds SANE_SAMPLES_MAX is cut to it. Frames of integers
 * stay as they are. Returns 0 or ERR_NO_MEMORY. */
int sane_samples_make(AVFrame *frame);

#endif
