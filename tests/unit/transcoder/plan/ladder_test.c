// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/ladder.h"

#include <criterion/criterion.h>

static struct rung rungs[LADDER_MAX_RUNGS];

Test(ladder, a_720p_source_gets_four_rungs_from_the_lowest_up)
{
    cr_assert_eq(ladder_make(1280, 720, rungs), 4);
    cr_assert_eq(rungs[0].width, 426);
    cr_assert_eq(rungs[0].height, 240);
    cr_assert_eq(rungs[3].width, 1280);
    cr_assert_eq(rungs[3].height, 720);
}

Test(ladder, portrait_goes_by_the_short_side)
{
    cr_assert_eq(ladder_make(720, 1280, rungs), 4);
    cr_assert_eq(rungs[0].width, 240);
    cr_assert_eq(rungs[0].height, 426);
}

Test(ladder, no_size_is_upscaled_odd_or_out_of_order)
{
    for (uint32_t width = 17; width < 4000; width += 37) {
        for (uint32_t height = 17; height < 2300; height += 41) {
            const size_t n = ladder_make(width, height, rungs);
            cr_assert_geq(n, 1);
            for (size_t i = 0; i < n; i++) {
                cr_assert(rungs[i].width <= width && rungs[i].height <= height, "%ux%u of %ux%u",
                          rungs[i].width, rungs[i].height, width, height);
                cr_assert(rungs[i].width % 2 == 0 && rungs[i].height % 2 == 0);
                cr_assert(rungs[i].width <= 1920 && rungs[i].height <= 1920);
                cr_assert(i == 0 || (rungs[i].height >= rungs[i - 1].height &&
                                     rungs[i].max_kbps > rungs[i - 1].max_kbps));
            }
        }
    }
}

Test(ladder, a_small_source_keeps_its_size_in_one_rung)
{
    cr_assert_eq(ladder_make(161, 121, rungs), 1);
    cr_assert_eq(rungs[0].width, 160);
    cr_assert_eq(rungs[0].height, 120);
}
