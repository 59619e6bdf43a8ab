// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/sound_gain.h"

#include <criterion/criterion.h>

static int32_t gain_of(int32_t centi_lufs, int32_t peak_centi_dbfs)
{
    return sound_gain_choose(
        &(struct sound_level){.centi_lufs = centi_lufs, .peak_centi_dbfs = peak_centi_dbfs});
}

Test(sound_gain, speech_is_brought_to_the_target)
{
    cr_assert_eq(gain_of(-2300, -600), 700);
    cr_assert_eq(gain_of(-1000, 100), -600);
    cr_assert_eq(gain_of(-1600, -100), 0);
}

Test(sound_gain, silence_stays_silence)
{
    cr_assert_eq(gain_of(-7000, -6900), 0);
    cr_assert_eq(gain_of(-20000, -20000), 0);
}

Test(sound_gain, noise_is_not_blown_up_without_end)
{
    cr_assert_eq(gain_of(-6500, -5000), 2400);
}

Test(sound_gain, the_limiter_is_not_left_with_more_than_ten_decibels)
{
    cr_assert_eq(gain_of(-3500, 0), 1000, "a door that slams in a quiet room");
}
