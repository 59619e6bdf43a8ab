// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/sound_choice.h"

#include <criterion/criterion.h>

enum { LOUD = -600, FAINT = -6000, DITHER = -8400, NOTHING = -20000 };

Test(sound_choice, the_first_in_their_order_plays)
{
    const struct sound_candidate same[] = {{FAINT, false}, {LOUD, false}, {LOUD, false}};

    cr_assert_eq(sound_choice_default(same, 3), 0);
    cr_assert_eq(sound_choice_default(same, 1), 0);
}

Test(sound_choice, an_empty_first_track_does_not)
{
    const struct sound_candidate obs[] = {{NOTHING, true},
                                          {DITHER, false},
                                          {FAINT, false},
                                          {LOUD, false}};

    cr_assert_eq(sound_choice_default(obs, 4), 2);
}

Test(sound_choice, one_that_says_it_is_the_default_goes_before_others)
{
    const struct sound_candidate second[] = {{LOUD, false}, {FAINT, true}, {LOUD, true}};
    const struct sound_candidate silent[] = {{LOUD, false}, {NOTHING, true}, {LOUD, false}};

    cr_assert_eq(sound_choice_default(second, 3), 1);
    cr_assert_eq(sound_choice_default(silent, 3), 0);
}

Test(sound_choice, the_flag_says_nothing_when_all_have_it)
{
    const struct sound_candidate all[] = {{NOTHING, true}, {FAINT, true}, {LOUD, true}};

    cr_assert_eq(sound_choice_default(all, 3), 1);
}

Test(sound_choice, of_silence_alone_it_is_the_first)
{
    const struct sound_candidate none[] = {{NOTHING, false}, {NOTHING, true}};

    cr_assert_eq(sound_choice_default(none, 2), 0);
}
