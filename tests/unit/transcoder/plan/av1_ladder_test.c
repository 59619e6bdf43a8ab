// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/av1_ladder.h"

#include <criterion/criterion.h>

static struct plan_picture picture;

static void set_up(void)
{
    picture = (struct plan_picture){.n_rungs = 2};
    picture.rungs[0] = (struct rung){.name = "v48",
                                     .width = 1280,
                                     .height = 720,
                                     .slot_step = 5,
                                     .max_kbps = 48,
                                     .crf_tenths = 330,
                                     .preset = "slow",
                                     .sound_group = "low",
                                     .quality_mdb = 20000};
    picture.rungs[1] = (struct rung){.name = "v1800",
                                     .width = 1920,
                                     .height = 1080,
                                     .slot_step = 1,
                                     .max_kbps = 1800,
                                     .crf_tenths = 240,
                                     .preset = "fast",
                                     .sound_group = "high"};
}

TestSuite(av1_ladder, .init = set_up);

Test(av1_ladder, each_rung_has_one_of_the_same_pictures_and_sound)
{
    av1_ladder_add(&picture);
    cr_assert_eq(picture.n_rungs, 4);
    for (size_t i = 0; i < 2; i++) {
        const struct rung *avc = &picture.rungs[i];
        const struct rung *av1 = &picture.rungs[i + 2];
        cr_assert_eq(avc->codec, VIDEO_H264);
        cr_assert_eq(av1->codec, VIDEO_AV1);
        cr_assert_eq(av1->width, avc->width);
        cr_assert_eq(av1->height, avc->height);
        cr_assert_eq(av1->slot_step, avc->slot_step);
        cr_assert_str_eq(av1->sound_group, avc->sound_group);
        cr_assert_lt(av1->max_kbps, avc->max_kbps);
        cr_assert_gt(av1->crf_tenths, avc->crf_tenths, "another scale");
        cr_assert_eq(av1->quality_mdb, 0, "nothing was tried");
    }
    cr_assert_str_eq(picture.rungs[2].name, "v48-av1");
    cr_assert_str_eq(picture.rungs[3].name, "v1800-av1");
}

Test(av1_ladder, the_quantiser_ends_at_63)
{
    picture.rungs[0].crf_tenths = 440;
    av1_ladder_add(&picture);
    cr_assert_leq(picture.rungs[2].crf_tenths, 630);
}

Test(av1_ladder, motion_is_quantised_more_coarsely)
{
    struct plan_picture moving = picture;

    moving.content.moving_permille = 500;
    av1_ladder_add(&picture);
    av1_ladder_add(&moving);
    cr_assert_gt(moving.rungs[2].crf_tenths, picture.rungs[2].crf_tenths);
}
