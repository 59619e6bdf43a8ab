// SPDX-License-Identifier: GPL-3.0-or-later
/* sound_choice.h - which of a lecture's sounds plays by default. Pure.
 *
 * The first in their order that is audible. A recorder's empty first track is not: OBS numbers its
 * tracks, and who records on the second leaves the first one silent. Where some of the sounds say
 * that they are the default and others do not, one that does comes first: Matroska's FlagDefault,
 * an MP4's enabled tracks. All of them saying so, as files of old muxers do, says nothing. */
#ifndef TRANSCODER_PLAN_SOUND_CHOICE_H
#define TRANSCODER_PLAN_SOUND_CHOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "transcoder/plan/sound_gain.h"

/* Peaks up to this are silence: two steps of 16 bits, as dither leaves them, are -84 dBFS. */
enum { SOUND_SILENT_CENTI_DBFS = -8000 };

struct sound_candidate {
    int32_t peak_centi_dbfs; /* of what was heard of it */
    bool is_default;         /* says the container */
};

/* Its index; 0 when none is audible. n >= 1. */
size_t sound_choice_default(const struct sound_candidate *candidates, size_t n);

#endif
