// SPDX-License-Identifier: GPL-3.0-or-later
/* music_sense.h - whether a sound is mostly music, which wants more bits than a voice. Pure.
 *
 * Speech stops between syllables and words: of each second, a good part of the 20 ms frames has far
 * less energy than the second has on average. Music goes on (Lu, Zhang and Jiang 2002, "low
 * short-time energy ratio"). What is quieter than a room is neither. */
#ifndef TRANSCODER_AUDIO_MUSIC_SENSE_H
#define TRANSCODER_AUDIO_MUSIC_SENSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MUSIC_SENSE_RATE = 48000,        /* samples per second that come in */
    MUSIC_SENSE_FRAME_SAMPLES = 960, /* 20 ms */
    MUSIC_SENSE_FRAMES = 50,         /* of a second */
};

/* All zero at the start. */
struct music_sense {
    double frames[MUSIC_SENSE_FRAMES]; /* energies of the second under way; sums of squares */
    size_t n_frames;
    double energy; /* of the frame under way, */
    size_t n_samples;
    uint32_t n_seconds; /* that were loud enough to judge, and */
    uint32_t n_music;   /* how many of them sounded like music */
};

/* Takes the next n samples, 1 being full scale. */
void music_sense_hear(struct music_sense *sense, const float *samples, size_t n);

/* What comes next does not follow what was heard last: a second that is not full is dropped. */
void music_sense_skip(struct music_sense *sense);

/* Whether at least half of the seconds that could be judged are music; false when none could. */
bool music_sense_is_music(const struct music_sense *sense);

#endif
