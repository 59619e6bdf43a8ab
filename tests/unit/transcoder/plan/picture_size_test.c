// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/picture_size.h"

#include <criterion/criterion.h>

enum { S = 1000000 };

static void look(struct picture_sizes *sizes, uint32_t width, uint32_t height, int n)
{
    for (int i = 0; i < n; i++)
        picture_sizes_add(sizes, width, height);
}

Test(picture_size, the_largest_that_lasts_is_planned_for)
{
    struct picture_sizes sizes = {.n = 0};

    look(&sizes, 320, 180, 10);
    look(&sizes, 180, 320, 10);
    look(&sizes, 640, 360, 10);
    look(&sizes, 1280, 720, 1);
    cr_assert_eq(picture_sizes_choose(&sizes, 18 * S).height, 360, "0.6 s do not last");
    cr_assert_eq(picture_sizes_choose(&sizes, 180 * S).height, 720);
}

Test(picture_size, a_phone_that_is_turned_is_planned_for_as_it_is_held_longest)
{
    struct picture_sizes sizes = {.n = 0};

    look(&sizes, 720, 1280, 4);
    look(&sizes, 1280, 720, 20);
    cr_assert_eq(picture_sizes_choose(&sizes, 60 * S).width, 1280);
}

Test(picture_size, more_sizes_than_can_be_kept_are_passed_over)
{
    struct picture_sizes sizes = {.n = 0};

    for (uint32_t i = 1; i < 100; i++)
        look(&sizes, i, i, 1);
    cr_assert_eq(sizes.n, PICTURE_SIZES_MAX);
    cr_assert_eq(picture_sizes_choose(&sizes, S / 2).width, 1, "the first one, when none lasts");
}
