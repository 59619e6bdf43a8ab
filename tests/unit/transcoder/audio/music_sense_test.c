// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/audio/music_sense.h"

#include <math.h>
#include <string.h>

#include <criterion/criterion.h>

static float second[MUSIC_SENSE_RATE];

/* A second of a chord whose loudness goes with `envelope`, which is given the time in ms. */
static void make_second(float (*envelope)(int ms))
{
    for (int i = 0; i < MUSIC_SENSE_RATE; i++) {
        const double t = (double)i / MUSIC_SENSE_RATE;
        const double chord =
            sin(2 * M_PI * 220 * t) + sin(2 * M_PI * 277 * t) + sin(2 * M_PI * 330 * t);
        second[i] = (float)(0.1 * chord) * envelope(i / 48);
    }
}

/* Syllables of 120 ms, five a second, and pauses. */
static float speaking(int ms)
{
    return ms % 200 < 90 ? 1.0F : 0.05F;
}

/* Notes that fade slowly. */
static float playing(int ms)
{
    return 1.0F - (float)(ms % 500) / 1500.0F;
}

static float whispering(int ms)
{
    (void)ms;
    return 0.001F;
}

static struct music_sense sense;

static void hear(float (*envelope)(int ms), int n_seconds)
{
    make_second(envelope);
    for (int i = 0; i < n_seconds; i++)
        music_sense_hear(&sense, second, MUSIC_SENSE_RATE);
}

Test(music_sense, tells_notes_from_syllables)
{
    hear(playing, 10);
    cr_assert(music_sense_is_music(&sense));
    hear(speaking, 11);
    cr_assert_not(music_sense_is_music(&sense), "a jingle before a lecture is not the lecture");
    cr_assert_eq(sense.n_seconds, 21);
    cr_assert_eq(sense.n_music, 10);
}

Test(music_sense, says_nothing_of_silence)
{
    hear(whispering, 10);
    cr_assert_eq(sense.n_seconds, 0);
    cr_assert_not(music_sense_is_music(&sense));
}

Test(music_sense, does_not_judge_a_second_that_was_put_together)
{
    make_second(playing);
    for (int i = 0; i < 10; i++) {
        music_sense_hear(&sense, second, MUSIC_SENSE_RATE - 1);
        music_sense_skip(&sense);
    }
    cr_assert_eq(sense.n_seconds, 0);
}

Test(music_sense, does_not_care_how_it_is_cut)
{
    make_second(playing);
    for (size_t i = 0; i < MUSIC_SENSE_RATE; i += 480)
        music_sense_hear(&sense, second + i, 480);
    cr_assert_eq(sense.n_music, 1);
}
