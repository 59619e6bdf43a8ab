// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/sound_ladder.h"

#include <criterion/criterion.h>

static struct sound_rung rungs[LADDER_MAX_SOUND_RUNGS];

Test(sound_ladder, a_stereo_source_is_stereo_in_the_high_group_alone)
{
    cr_assert_eq(sound_ladder_make(44100, true, false, 0, rungs), 3);
    cr_assert_str_eq(rungs[0].group, "low");
    cr_assert_str_eq(rungs[0].name, "a32");
    cr_assert_eq(rungs[0].n_channels, 1);
    cr_assert_eq(rungs[0].sample_rate, 24000);
    cr_assert_str_eq(rungs[1].group, "high");
    cr_assert_str_eq(rungs[1].name, "a64");
    cr_assert_eq(rungs[1].n_channels, 2);
    cr_assert_str_eq(rungs[2].group, "opus");
    cr_assert_eq(rungs[2].codec, SOUND_CODEC_OPUS);
    cr_assert_eq(rungs[2].packet_samples * 1000 / rungs[2].sample_rate, 60, "ms");
}

Test(sound_ladder, a_narrow_source_is_not_made_wide)
{
    cr_assert_eq(sound_ladder_make(8000, false, false, 0, rungs), 3);
    cr_assert_eq(rungs[0].sample_rate, 16000);
    cr_assert_eq(rungs[1].sample_rate, 16000);
    cr_assert_eq(rungs[2].kbps, 16);
    sound_ladder_make(22050, false, false, 0, rungs);
    cr_assert_eq(rungs[1].sample_rate, 24000);
    sound_ladder_make(192000, false, false, 0, rungs);
    cr_assert_eq(rungs[1].sample_rate, 48000);
}

Test(sound_ladder, names_differ_between_sounds_and_groups_do_not)
{
    sound_ladder_make(48000, false, true, 7, rungs);
    cr_assert_str_eq(rungs[0].name, "a32-8");
    cr_assert_str_eq(rungs[0].group, "low");
    cr_assert_str_eq(rungs[2].name, "o24-8");
}

Test(sound_ladder, small_pictures_have_small_sound)
{
    cr_assert_str_eq(sound_ladder_group(48, 0), "low");
    cr_assert_str_eq(sound_ladder_group(240, 200), "low");
    cr_assert_str_eq(sound_ladder_group(450, 0), "high");
    cr_assert_str_eq(sound_ladder_group(450, 37), "low", "it once cost more than the picture");
}

/* 44.1 and 48 kHz got 24 kbit/s whatever they held. */
Test(sound_ladder, a_voice_has_16_kbps_whatever_the_rate_of_its_source)
{
    static const uint32_t RATES[] = {8000, 16000, 22050, 32000, 44100, 48000, 96000};

    for (size_t i = 0; i < sizeof RATES / sizeof RATES[0]; i++) {
        sound_ladder_make(RATES[i], i % 2 == 0, false, 0, rungs);
        cr_assert_str_eq(rungs[2].name, "o16");
        sound_ladder_make(RATES[i], i % 2 == 0, true, 0, rungs);
        cr_assert_str_eq(rungs[2].name, "o24");
    }
}
