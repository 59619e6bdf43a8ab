// SPDX-License-Identifier: GPL-3.0-or-later
/* sound_facts.h - what a sound is like, from decoding some of it: headers are not believed. Some
 * seconds here and there are heard, a minute in all at most, however long the source is. */
#ifndef TRANSCODER_AUDIO_SOUND_FACTS_H
#define TRANSCODER_AUDIO_SOUND_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "transcoder/fault.h"
#include "transcoder/plan/plan.h"
#include "transcoder/source/source.h"

struct sound_facts {
    int64_t first_us;     /* of the first frame, in the source's time */
    uint32_t sample_rate; /* as decoded */
    uint32_t n_channels;  /* as decoded */
    bool is_stereo;       /* two channels that differ */
    bool is_music;        /* and not a voice */
    enum sound_mix mix;
    struct sound_level level; /* of what will be encoded, before any gain */
};

/* end_us: where the sound ends, in the source's time. The source stands anywhere afterwards.
 * Returns 0, or a negative ERR_ with the reason in *fault when nothing can be decoded. */
int sound_facts_find(struct source *source, int stream, int64_t end_us, struct fault *fault,
                     struct sound_facts *ret_facts);

#endif
