// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/audio/music_sense.h"

/* A frame is low when it has less than half of the second's mean energy. In music at most a third
 * of them is; in speech, that was measured, half to two thirds are. */
enum { LOW_PERCENT_OF_MEAN = 50, MUSIC_MOST_LOW_PERCENT = 34 };

/* Mean square of -50 dBFS. */
static const double QUIET = 1e-5;

static void judge_second(struct music_sense *sense)
{
    double sum = 0;
    size_t n_low = 0;

    for (size_t i = 0; i < MUSIC_SENSE_FRAMES; i++)
        sum += sense->frames[i];
    if (sum < QUIET * MUSIC_SENSE_RATE)
        return;
    const double low = sum / MUSIC_SENSE_FRAMES * LOW_PERCENT_OF_MEAN / 100;
    for (size_t i = 0; i < MUSIC_SENSE_FRAMES; i++)
        n_low += sense->frames[i] < low;
    sense->n_seconds++;
    sense->n_music += n_low * 100 <= (size_t)MUSIC_MOST_LOW_PERCENT * MUSIC_SENSE_FRAMES;
}

void music_sense_hear(struct music_sense *sense, const float *samples, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        sense->energy += (double)samples[i] * samples[i];
        if (++sense->n_samples < MUSIC_SENSE_FRAME_SAMPLES)
            continue;
        sense->frames[sense->n_frames++] = sense->energy;
        sense->energy = 0;
        sense->n_samples = 0;
        if (sense->n_frames == MUSIC_SENSE_FRAMES) {
            judge_second(sense);
            sense->n_frames = 0;
        }
    }
}

void music_sense_skip(struct music_sense *sense)
{
    sense->energy = 0;
    sense->n_samples = 0;
    sense->n_frames = 0;
}

bool music_sense_is_music(const struct music_sense *sense)
{
    return sense->n_seconds > 0 && sense->n_music * 2 >= sense->n_seconds;
}
