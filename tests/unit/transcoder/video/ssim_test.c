// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/video/ssim.h"

#include <criterion/criterion.h>

enum { WIDTH = 64, HEIGHT = 48 };

static uint8_t a[HEIGHT][WIDTH];
static uint8_t b[HEIGHT][WIDTH];

static struct plane plane_of(uint8_t (*lines)[WIDTH])
{
    return (struct plane){.data = lines[0], .stride = WIDTH, .width = WIDTH, .height = HEIGHT};
}

/* Fine stripes, as text is; b is a with its contrast changed. */
static void draw(int contrast)
{
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
            a[y][x] = (uint8_t)((x / 2 + y / 3) % 2 ? 220 : 30);
            b[y][x] = (uint8_t)(125 + (a[y][x] - 125) * contrast / 100);
        }
    }
}

static double compare(void)
{
    const struct plane plane_a = plane_of(a);
    const struct plane plane_b = plane_of(b);

    return ssim_mean(&plane_a, &plane_b);
}

Test(ssim, equal_pictures_are_1)
{
    draw(100);
    cr_assert_float_eq(compare(), 1, 1e-6);
}

Test(ssim, it_is_what_the_formula_says_for_a_change_of_contrast)
{
    draw(50);
    /* Means and variances of one window, by hand: the structure is the same, so that
     * SSIM = (2 ma mb + C1) (2 k va + C2) / ((ma^2 + mb^2 + C1) (va + k^2 va + C2)). */
    const double ma = 125;
    const double mb = 125;
    const double va = 95.0 * 95.0;
    const double c1 = 6.5025;
    const double c2 = 58.5225;
    const double expected =
        (2 * ma * mb + c1) * (2 * .5 * va + c2) / ((ma * ma + mb * mb + c1) * (va + .25 * va + c2));
    cr_assert_float_eq(compare(), expected, .02, "%f, not %f", compare(), expected);
}

Test(ssim, lost_structure_costs_more_than_lost_brightness)
{
    draw(100);
    memset(b, 125, sizeof b);
    const double blurred = compare();
    draw(100);
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++)
            b[y][x] = (uint8_t)(a[y][x] - 20);
    }
    cr_assert_lt(blurred, .1);
    cr_assert_gt(compare(), .9);
}

Test(ssim, other_sizes_and_tiny_ones_are_not_alike)
{
    struct plane small = plane_of(a);
    const struct plane whole = plane_of(a);

    small.width = 32;
    cr_assert_eq(ssim_mean(&small, &whole), 0);
    small.width = small.height = 7;
    cr_assert_eq(ssim_mean(&small, &small), 0);
}

Test(ssim, decibels_grow_by_ten_with_each_tenth_of_the_difference)
{
    cr_assert_eq(ssim_mdb(0), 0);
    cr_assert_eq(ssim_mdb(-.5), 0);
    cr_assert_eq(ssim_mdb(.9), 10000);
    cr_assert_eq(ssim_mdb(.99), 20000);
    cr_assert_eq(ssim_mdb(1), SSIM_MDB_MAX);
}

/* A pointer of 16 pixels on a page of 160 x 160. */
static void draw_pointer(uint8_t *page, int at)
{
    memset(page, 235, 160 * 160);
    for (int y = 0; y < 16; y++)
        memset(page + (64 + y) * 160 + at, 16, 16);
}

Test(ssim, motion_feels_a_pointer_that_comes_late_and_the_mean_does_not)
{
    static uint8_t pages[2][160 * 160];
    const struct plane before = {pages[0], 160, 160, 160};
    const struct plane now = {pages[1], 160, 160, 160};
    struct ssim_motion late = {0};
    struct ssim_motion in_time = {0};

    draw_pointer(pages[0], 32);
    draw_pointer(pages[1], 64);
    ssim_add_motion(&before, &now, &before, &late);
    ssim_add_motion(&before, &now, &now, &in_time);
    cr_assert_eq(late.n, 8, "where it was and where it is");
    cr_assert_lt(late.sum / (double)late.n, 0.2);
    cr_assert_float_eq(in_time.sum / (double)in_time.n, 1, 1e-6);
    cr_assert_gt(ssim_mean(&before, &now), 0.94);
}

Test(ssim, where_nothing_moves_there_is_no_motion)
{
    static uint8_t page[160 * 160];
    const struct plane plane = {page, 160, 160, 160};
    struct ssim_motion motion = {0};

    draw_pointer(page, 32);
    ssim_add_motion(&plane, &plane, &plane, &motion);
    cr_assert_eq(motion.n, 0);
}
