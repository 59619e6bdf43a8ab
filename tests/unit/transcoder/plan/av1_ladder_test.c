// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/av1_ladder.h"

#include <criterion/criterion.h>
#include <math.h>

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
    av1_ladder_add(&picture, NULL, 0);
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
        cr_assert_eq(av1->max_kbps, avc->max_kbps);
        cr_assert_gt(av1->crf_tenths, avc->crf_tenths, "another scale");
        cr_assert_eq(av1->quality_mdb, 0, "nothing was tried");
    }
    cr_assert_str_eq(picture.rungs[2].name, "v48-av1");
    cr_assert_str_eq(picture.rungs[3].name, "v1800-av1");
}

Test(av1_ladder, the_quantiser_ends_at_63)
{
    picture.rungs[0].crf_tenths = 440;
    av1_ladder_add(&picture, NULL, 0);
    cr_assert_leq(picture.rungs[2].crf_tenths, 630);
}

Test(av1_ladder, motion_is_quantised_more_coarsely)
{
    struct plan_picture moving = picture;

    moving.content.moving_permille = 500;
    av1_ladder_add(&picture, NULL, 0);
    av1_ladder_add(&moving, NULL, 0);
    cr_assert_gt(moving.rungs[2].crf_tenths, picture.rungs[2].crf_tenths);
}

static struct ladder_trial trials[LADDER_MAX_TRIALS];

/* What trials of a lecture give where libaom's scale looks as good at `percent` of x264's. */
static size_t run_trials(uint32_t percent)
{
    const size_t n = av1_ladder_candidates(&picture, trials);

    for (size_t i = 0; i < n; i++) {
        const struct rung *like = &picture.rungs[i / LADDER_TRIALS_EACH];
        const double coarser = trials[i].crf_tenths - like->crf_tenths * percent / 100.0;
        trials[i].quality_mdb = (uint32_t)(like->quality_mdb - 20 * coarser);
        trials[i].bps = (uint32_t)(40000 * exp(-coarser / 100));
    }
    return n;
}

Test(av1_ladder, each_rung_is_tried_finer_and_coarser_than_is_likely)
{
    const size_t n = av1_ladder_candidates(&picture, trials);

    cr_assert_eq(n, 2 * LADDER_TRIALS_EACH);
    av1_ladder_add(&picture, NULL, 0);
    for (size_t i = 0; i < n; i += LADDER_TRIALS_EACH) {
        const struct rung *rung = &picture.rungs[2 + i / LADDER_TRIALS_EACH];
        cr_assert_eq(trials[i].codec, VIDEO_AV1);
        cr_assert_eq(trials[i].width, rung->width);
        cr_assert_eq(trials[i].slot_step, rung->slot_step);
        cr_assert_lt(trials[i].crf_tenths, rung->crf_tenths);
        cr_assert_gt(trials[i + 1].crf_tenths, rung->crf_tenths);
    }
}

Test(av1_ladder, a_rung_looks_as_good_as_that_of_h264_did_in_trials)
{
    picture.rungs[1].quality_mdb = 27000;
    for (uint32_t percent = 150; percent <= 180; percent += 10) {
        picture.n_rungs = 2;
        const size_t n = run_trials(percent);
        av1_ladder_add(&picture, trials, n);
        for (size_t i = 0; i < 2; i++) {
            const struct rung *rung = &picture.rungs[i + 2];
            cr_assert_float_eq(rung->crf_tenths, picture.rungs[i].crf_tenths * percent / 100.0, 2);
            cr_assert_float_eq(rung->quality_mdb, picture.rungs[i].quality_mdb, 40);
            cr_assert_float_eq(rung->expected_kbps, 40, 2);
        }
    }
}

Test(av1_ladder, trials_that_say_little_do_not_lead_far_off)
{
    const size_t n = run_trials(167);

    for (size_t i = 0; i < n; i++)
        trials[i].quality_mdb = 9000 - (uint32_t)i;
    av1_ladder_add(&picture, trials, n);
    cr_assert_geq(picture.rungs[2].crf_tenths, trials[0].crf_tenths - 71);
}
