// SPDX-License-Identifier: GPL-3.0-or-later
/* sound_look.h - the sounds of a source on their way into a plan: which of them can be decoded,
 * which plays by default, and what has to be said of the others. */
#ifndef TRANSCODER_STAGES_SOUND_LOOK_H
#define TRANSCODER_STAGES_SOUND_LOOK_H

#include <stdbool.h>
#include <stddef.h>

#include "transcoder/audio/sound_facts.h"
#include "transcoder/plan/plan.h"
#include "transcoder/source/stream_chain.h"
#include "transcoder/source/stream_choice.h"
#include "transcoder/source/survey.h"

struct sound_look {
    int streams[PLAN_MAX_SOUNDS]; /* that are surveyed; then that can be decoded, the default first
                                   */
    size_t n;
    struct sound_facts facts[PLAN_MAX_SOUNDS];
    struct warning_list warnings; /* for the plan */
};

/* Takes the sounds that will be surveyed. Those that exceed what a plan has room for, those of
 * other codecs, and all of them where the instructor wants none, are named. With a picture it is
 * FAILURE_SOUND_CODEC in *fault when none of several is accepted. Returns 0 or ERR_UNSUPPORTED. */
int sound_look_choose(const struct source *source, const struct stream_choice *choice,
                      bool without_sound, struct fault *fault, struct sound_look *look);

/* A stream that goes on with another one is no sound of its own. */
void sound_look_join(const struct stream_chain *chain, struct sound_look *look);

/* Names the programmes that the lecture is not of, and does not go on with. For behind the survey,
 * when all are known. */
void sound_look_at_programs(const struct source *source, const struct stream_choice *choice,
                            const struct stream_chain *chain, struct sound_look *look);

/* Keeps the sounds that can be decoded, and the surveys of those in the same order; names those
 * that have packets but cannot be. The source stands anywhere afterwards. */
void sound_look_decode(struct source *source, struct survey *survey, struct fault *fault,
                       struct sound_look *look);

/* Whether the warnings say why a lecture has no sound. */
bool sound_look_has_spoken(const struct sound_look *look);

#endif
