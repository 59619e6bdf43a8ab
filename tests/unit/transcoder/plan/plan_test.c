// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/plan.h"

#include <criterion/criterion.h>

Test(plan, a_warning_is_given_once)
{
    CLEANUP(plan_free) struct plan *plan = plan_new();

    plan_warn(plan, FAILURE_NO_AUDIO);
    plan_warn(plan, FAILURE_TRUNCATED);
    plan_warn(plan, FAILURE_NO_AUDIO);
    cr_assert_eq(plan->warnings.n, 2);
    cr_assert_eq(plan->warnings.items[1].failure, FAILURE_TRUNCATED);
}

Test(plan, of_several_sounds_each_has_a_label)
{
    CLEANUP(plan_free) struct plan *plan = plan_new();
    char label[TRACK_TITLE_SIZE];

    plan->n_sounds = 1;
    language_tag(slice_from("vie"), plan->sounds[0].language);
    plan_sound_label(plan, 0, label);
    cr_assert_str_eq(label, "");
    plan->n_sounds = 3;
    language_tag(slice_from("und"), plan->sounds[1].language);
    language_tag(slice_from("und"), plan->sounds[2].language);
    track_title_set(slice_from("Micro"), plan->sounds[2].title);
    plan_sound_label(plan, 0, label);
    cr_assert_str_eq(label, "Tiếng Việt");
    plan_sound_label(plan, 1, label);
    cr_assert_str_eq(label, "2");
    plan_sound_label(plan, 2, label);
    cr_assert_str_eq(label, "Micro");
}
