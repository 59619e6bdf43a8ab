// SPDX-License-Identifier: GPL-3.0-or-later
/* sound_source.h - a lecture's sound as one unbroken line of samples at 48 kHz, exactly in place:
 * sample k is heard at k / 48000 s of the timeline, from the first to the last.
 *
 * Gaps become silence, overlaps are cut, and a recorder whose clock drifts is stretched by less
 * than anyone hears, so that sound and picture stay within 20 ms of each other for hours. One
 * thread. */
#ifndef TRANSCODER_AUDIO_SOUND_SOURCE_H
#define TRANSCODER_AUDIO_SOUND_SOURCE_H

#include <stdint.h>

#include "common/cleanup.h"
#include "common/package/tally.h"
#include "transcoder/fault.h"
#include "transcoder/plan/plan.h"
#include "transcoder/source/source.h"

enum { SOUND_RATE = 48000, SOUND_MAX_CHANNELS = 2 };

struct sound_source; /* opaque */

/* Mixes down to as many channels as the plan's widest rung has. Borrows source and plan. */
int sound_source_open(struct source *source, const struct plan_sound *plan, struct fault *fault,
                      struct sound_source **ret_sound);
void sound_source_free(struct sound_source *sound);
DEFINE_CLEANUP(sound_source_free, struct sound_source *)

/* Channels that come out: 1 or 2. */
int sound_source_n_channels(const struct sound_source *sound);

/* Fills the planes (both are written to) with the next n samples; silence behind the end.
 * Returns 0 or a negative ERR_. */
int sound_source_read(struct sound_source *sound, float *const planes[SOUND_MAX_CHANNELS],
                      size_t n);

/* Decoded frames so far: none at all means that the stream cannot be decoded. */
uint64_t sound_source_n_frames(const struct sound_source *sound);

/* What packets were read for and what was decoded since it was last asked. */
void sound_source_report(struct sound_source *sound, struct tally *ret_tally);

#endif
