// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/video_ladder.h"

#include "tests/unit/support/dice.h"
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static struct rung rungs[LADDER_MAX_RUNGS];
static struct ladder_trial trials[LADDER_MAX_TRIALS];
static const struct ladder_content SLIDES = {.moving_permille = 3, .segment_ms = 9000};
static const struct ladder_content CAMERA = {.moving_permille = 300, .segment_ms = 6000};

static struct ladder_frame frame_of(uint32_t width, uint32_t height)
{
    return (struct ladder_frame){.width = width, .height = height, .grid = frame_grid_of(25, 1)};
}

/* Fills in what trials of such a lecture give: bits rise with pixels and rate; quality with pixels,
 * with the rate and with the quantiser. */
static void simulate(size_t n, double kbps, double pixels_mdb, double rate_mdb)
{
    for (size_t i = 0; i < n; i++) {
        const double pixels = (double)trials[i].width * trials[i].height / (1280 * 720);
        const double rate = 1.0 / trials[i].slot_step;
        const double finer = i % LADDER_TRIALS_EACH == 0 ? 10 / 6.0 : 0;
        trials[i].bps =
            (uint32_t)(1 + kbps * 1000 * pow(pixels, .75) * pow(rate, .3) * pow(2, finer));
        trials[i].quality_mdb = (uint32_t)fmax(0, 19000 + pixels_mdb * log2(pixels) +
                                                      rate_mdb * log2(rate) + 3000 * finer);
    }
}

static void assert_ladder(const struct ladder_frame *frame, size_t n)
{
    cr_assert(n >= 1 && n <= LADDER_MAX_RUNGS);
    for (size_t i = 0; i < n; i++) {
        const struct rung *r = &rungs[i];
        cr_assert(r->width <= frame->width && r->height <= frame->height, "%ux%u of %ux%u",
                  r->width, r->height, frame->width, frame->height);
        cr_assert(r->width % 2 == 0 && r->height % 2 == 0);
        cr_assert(r->width <= 1920 && r->height <= 1920);
        cr_assert(r->slot_step >= 1 && r->slot_step <= video_ladder_longest_gap(&frame->grid));
        cr_assert(r->crf_tenths > 0 && r->crf_tenths <= 510);
        if (i == 0)
            continue;
        const struct rung *below = &rungs[i - 1];
        cr_assert_gt(r->max_kbps, below->max_kbps);
        cr_assert_geq(r->height, below->height);
        cr_assert(r->height > below->height || r->slot_step <= below->slot_step);
    }
}

Test(video_ladder, slides_keep_their_pixels_and_lose_frames)
{
    const struct ladder_frame frame = frame_of(1280, 720);
    const size_t n = video_ladder_candidates(&frame, &SLIDES, trials);

    simulate(n, 40, 4000, 100);
    const size_t n_rungs = video_ladder_choose(&frame, &SLIDES, trials, n, rungs);
    assert_ladder(&frame, n_rungs);
    cr_assert_str_eq(rungs[0].name, "v48");
    cr_assert_eq(rungs[0].height, 720);
    cr_assert_eq(rungs[0].slot_step, 5);
}

Test(video_ladder, a_camera_gets_smaller_pictures_that_move)
{
    const struct ladder_frame frame = frame_of(1280, 720);
    const size_t n = video_ladder_candidates(&frame, &CAMERA, trials);

    simulate(n, 350, 2000, 1500);
    const size_t n_rungs = video_ladder_choose(&frame, &CAMERA, trials, n, rungs);
    assert_ladder(&frame, n_rungs);
    cr_assert_geq(n_rungs, 4);
    cr_assert_lt(rungs[0].height, 360);
    cr_assert_leq(rungs[0].slot_step, 2);
    cr_assert_eq(rungs[n_rungs - 1].height, 720);
    cr_assert_eq(rungs[n_rungs - 1].slot_step, 1);
    for (size_t i = 0; i < n_rungs; i++)
        cr_assert_leq(rungs[i].expected_kbps, rungs[i].max_kbps);
}

/* Where nothing but a pointer moves, its rate is felt in the windows in which it does. */
static void simulate_pointer(size_t n)
{
    for (size_t i = 0; i < n; i++)
        trials[i].motion_mdb = trials[i].slot_step == 1 ? 18000 : 6000;
}

Test(video_ladder, a_pointer_that_comes_late_is_worth_a_rung_at_the_full_rate)
{
    const struct ladder_frame frame = frame_of(1280, 720);
    const size_t n = video_ladder_candidates(&frame, &SLIDES, trials);

    simulate(n, 6, 4000, 100);
    for (size_t i = 0; i < n; i++)
        trials[i].quality_mdb += 8000;
    const size_t without = video_ladder_choose(&frame, &SLIDES, trials, n, rungs);
    cr_assert_gt(rungs[without - 1].slot_step, 1);
    simulate_pointer(n);
    cr_assert_eq(video_ladder_choose(&frame, &SLIDES, trials, n, rungs), without + 1);
    cr_assert_eq(rungs[without].slot_step, 1);
    cr_assert_geq(rungs[without].quality_mdb, rungs[without - 1].quality_mdb);
    assert_ladder(&frame, without + 1);
}

Test(video_ladder, a_lecture_that_is_easy_needs_one_rung)
{
    const struct ladder_frame frame = frame_of(1280, 720);
    const size_t n = video_ladder_candidates(&frame, &SLIDES, trials);

    simulate(n, 2, 4000, 100);
    for (size_t i = 0; i < n; i++)
        trials[i].quality_mdb += 10000;
    cr_assert_eq(video_ladder_choose(&frame, &SLIDES, trials, n, rungs), 1);
    cr_assert_str_eq(rungs[0].name, "v48");
}

Test(video_ladder, a_budget_that_nothing_fits_still_gives_a_rung)
{
    const struct ladder_frame frame = frame_of(1280, 720);
    const size_t n = video_ladder_candidates(&frame, &CAMERA, trials);

    simulate(n, 90000, 1000, 1500);
    const size_t n_rungs = video_ladder_choose(&frame, &CAMERA, trials, n, rungs);
    assert_ladder(&frame, n_rungs);
    cr_assert_eq(rungs[0].max_kbps, 48);
}

Test(video_ladder, a_rung_looks_better_than_the_one_below)
{
    for (int round = 0; round < 2000; round++) {
        const struct ladder_frame frame =
            frame_of(17 + (uint32_t)dice(2000), 17 + (uint32_t)dice(2000));
        const struct ladder_content content = {.moving_permille = (uint32_t)dice(100),
                                               .segment_ms = 6000};
        const size_t n = video_ladder_candidates(&frame, &content, trials);
        simulate(n, 1 + dice(2000), dice(4000), dice(2000));
        const size_t n_rungs = video_ladder_choose(&frame, &content, trials, n, rungs);
        assert_ladder(&frame, n_rungs);
        for (size_t i = 1; i < n_rungs; i++)
            cr_assert_geq(rungs[i].quality_mdb, rungs[i - 1].quality_mdb + 999);
    }
}

Test(video_ladder, without_trials_it_is_a_table)
{
    const struct ladder_frame frame = frame_of(1280, 720);
    const size_t n = video_ladder_choose(&frame, &CAMERA, trials, 0, rungs);

    assert_ladder(&frame, n);
    cr_assert_eq(n, 5);
    cr_assert_eq(rungs[0].height, 180);
    cr_assert_eq(rungs[4].height, 720);
}

Test(video_ladder, no_size_is_upscaled_odd_or_out_of_order)
{
    for (uint32_t width = 17; width < 4000; width += 37) {
        for (uint32_t height = 17; height < 2300; height += 41) {
            const struct ladder_frame frame = frame_of(width, height);
            assert_ladder(&frame, video_ladder_choose(&frame, &CAMERA, trials, 0, rungs));
            const size_t n = video_ladder_candidates(&frame, &SLIDES, trials);
            cr_assert(n >= LADDER_TRIALS_EACH && n % LADDER_TRIALS_EACH == 0);
        }
    }
}

Test(video_ladder, portrait_goes_by_the_short_side)
{
    const struct ladder_frame frame = frame_of(720, 1280);

    cr_assert_eq(video_ladder_choose(&frame, &CAMERA, trials, 0, rungs), 5);
    cr_assert_eq(rungs[1].width, 240);
    cr_assert_eq(rungs[1].height, 426);
}

Test(video_ladder, the_rung_for_halls_is_made_when_it_is_asked_for)
{
    struct ladder_frame frame = frame_of(1920, 1080);

    frame.with_v1800 = true;
    const size_t n = video_ladder_choose(&frame, &CAMERA, trials, 0, rungs);
    cr_assert_str_eq(rungs[n - 1].name, "v1800");
    cr_assert_eq(rungs[n - 1].height, 1080);
}

Test(video_ladder, only_the_rung_for_halls_is_larger_than_720_lines)
{
    struct ladder_frame frame = frame_of(1920, 1080);

    frame.with_v1800 = true;
    const size_t n = video_ladder_candidates(&frame, &SLIDES, trials);
    simulate(n, 120, 4000, 100);
    const size_t n_rungs = video_ladder_choose(&frame, &SLIDES, trials, n, rungs);
    assert_ladder(&frame, n_rungs);
    for (size_t i = 0; i < n_rungs; i++)
        cr_assert_eq(rungs[i].height > 720, rungs[i].max_kbps == 1800);
    cr_assert_eq(rungs[n_rungs - 1].max_kbps, 1800);
}

Test(video_ladder, no_gap_between_frames_exceeds_200_ms)
{
    static const uint32_t RATES[][2] = {{30, 1}, {30000, 1001}, {25, 1}, {24, 1}, {5, 1}, {15, 2}};

    for (size_t i = 0; i < 6; i++) {
        const struct frame_grid grid = frame_grid_of(RATES[i][0], RATES[i][1]);
        cr_assert_leq(frame_grid_slot_us(&grid, video_ladder_longest_gap(&grid)), 200000);
    }
}

/* Runs the trials that are asked for, as simulate() has them. Returns how many. */
static size_t run_trials(size_t n)
{
    struct ladder_trial given[LADDER_MAX_TRIALS];
    size_t n_run = 0;

    memcpy(given, trials, n * sizeof *given);
    for (size_t i = 0; i < n; i++)
        trials[i].bps = 0;
    for (size_t i; (i = video_ladder_next(trials, n)) < n; n_run++) {
        cr_assert_eq(trials[i].bps, 0, "run again");
        trials[i] = given[i];
    }
    return n_run;
}

/* Moves those that were run to the front. Returns how many. */
static size_t keep_run(size_t n)
{
    size_t n_kept = 0;

    for (size_t i = 0; i < n; i++) {
        if (trials[i].bps > 0)
            trials[n_kept++] = trials[i];
    }
    return n_kept;
}

Test(video_ladder, where_each_budget_is_a_matter_of_its_own_everything_is_tried)
{
    const struct ladder_frame frame = frame_of(1280, 720);
    const size_t n = video_ladder_candidates(&frame, &CAMERA, trials);

    simulate(n, 1500, 1500, 1500);
    cr_assert_eq(run_trials(n), n);
}

Test(video_ladder, sizes_below_one_that_fits_the_lowest_budget_are_not_tried)
{
    const struct ladder_frame frame = frame_of(1280, 720);
    const size_t n = video_ladder_candidates(&frame, &SLIDES, trials);

    simulate(n, 30, 4000, 100);
    cr_assert_lt(run_trials(n), n);
    for (size_t i = 0; i < n; i++)
        cr_assert_eq(trials[i].bps > 0, trials[i].height == 720, "%zu", i);
}

Test(video_ladder, rates_above_one_that_is_enough_are_not_tried)
{
    const struct ladder_frame frame = frame_of(1280, 720);
    const size_t n = video_ladder_candidates(&frame, &SLIDES, trials);

    simulate(n, 3, 4000, 10);
    for (size_t i = 0; i < n; i++)
        trials[i].quality_mdb += 10000;
    cr_assert_eq(run_trials(n), LADDER_TRIALS_EACH);
}

Test(video_ladder, higher_rates_are_tried_where_motion_comes_late)
{
    const struct ladder_frame frame = frame_of(1280, 720);
    const size_t n = video_ladder_candidates(&frame, &SLIDES, trials);

    simulate(n, 3, 4000, 10);
    for (size_t i = 0; i < n; i++)
        trials[i].quality_mdb += 10000;
    simulate_pointer(n);
    cr_assert_eq(run_trials(n), 3 * LADDER_TRIALS_EACH);
}

Test(video_ladder, what_is_not_tried_would_not_have_been_chosen)
{
    struct rung all[LADDER_MAX_RUNGS];
    const struct ladder_frame frame = frame_of(1280, 720);

    for (size_t round = 0; round < 300; round++) {
        const struct ladder_content *content = dice(2) ? &SLIDES : &CAMERA;
        const size_t n = video_ladder_candidates(&frame, content, trials);
        simulate(n, 1 + dice(400), 3000 + dice(3000), dice(1500));
        const size_t n_all = video_ladder_choose(&frame, content, trials, n, all);
        run_trials(n);
        cr_assert_eq(video_ladder_choose(&frame, content, trials, keep_run(n), rungs), n_all, "%zu",
                     round);
        for (size_t i = 0; i < n_all; i++)
            cr_assert(rungs[i].height == all[i].height && rungs[i].slot_step == all[i].slot_step &&
                          rungs[i].crf_tenths == all[i].crf_tenths,
                      "%zu: rung %zu", round, i);
    }
}
