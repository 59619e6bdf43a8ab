// SPDX-License-Identifier: GPL-3.0-or-later
/* sound_ladder.h - the renditions that a sound is offered as. Pure.
 *
 *     low    AAC-LC mono, 24 kHz, 32 kbit/s: with the small rungs, and for listening alone
 *     high   AAC-LC, 48 kbit/s mono, 64 kbit/s where the source is truly stereo
 *     opus   Opus mono, 16 kbit/s in packets of 60 ms, 24 of music: instead of either, for players
 *            that know it
 *
 * A rate is never far above the source's own: a telephone's 8 kHz come as 16 kHz and fewer bits,
 * since there is nothing to fill more with. (Below 16 kHz an AAC packet lasts longer than sound may
 * be apart from the picture.) Every sound of a lecture has the same groups, as RFC 8216bis
 * §4.4.6.1.1 wants it. */
#ifndef TRANSCODER_PLAN_SOUND_LADDER_H
#define TRANSCODER_PLAN_SOUND_LADDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LADDER_MAX_SOUND_RUNGS = 4 };

enum sound_codec { SOUND_CODEC_AAC, SOUND_CODEC_OPUS };

struct sound_rung {
    char name[16];  /* "a48", "a48-2" of the second sound */
    char group[16]; /* "low" */
    enum sound_codec codec;
    uint32_t sample_rate;
    uint32_t n_channels;
    uint32_t packet_samples; /* the codec's, at sample_rate */
    uint32_t kbps;
};

/* The rungs of sound `number` (counted from 0) of a lecture, from the lowest AAC one up, then Opus.
 * source_rate > 0. Returns how many. */
size_t sound_ladder_make(uint32_t source_rate, bool is_stereo, bool is_music, size_t number,
                         struct sound_rung rungs[LADDER_MAX_SOUND_RUNGS]);

/* The group that goes with a video rung of that budget, which is expected to take so much (0: not
 * known): a picture of 37 kbit/s does not want a sound of 48. */
const char *sound_ladder_group(uint32_t max_kbps, uint32_t expected_kbps);

#endif
