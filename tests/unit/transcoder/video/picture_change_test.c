// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/video/picture_change.h"

#include "tests/unit/support/dice.h"
#include <criterion/criterion.h>

enum { WIDTH = 650, HEIGHT = 365 }; /* no multiples of a block */

static uint8_t before[HEIGHT][WIDTH];
static uint8_t now[HEIGHT][WIDTH];

static void set_up(void)
{
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++)
            before[y][x] = now[y][x] = (uint8_t)(200 + x % 7 + y % 5);
    }
}

TestSuite(picture_change, .init = set_up);

static void fill(int left, int top, int width, int height, int level)
{
    for (int y = top; y < top + height; y++)
        memset(&now[y][left], level, (size_t)width);
}

static struct change_measure measure(void)
{
    const struct plane a = {&before[0][0], WIDTH, WIDTH, HEIGHT};
    const struct plane b = {&now[0][0], WIDTH, WIDTH, HEIGHT};

    return picture_change_measure(&a, &b);
}

static enum picture_change change(void)
{
    const struct change_measure m = measure();

    return picture_change_of(&m);
}

Test(picture_change, the_noise_of_a_codec_is_no_change)
{
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++)
            now[y][x] = (uint8_t)(now[y][x] + dice(3) - 1);
    }
    cr_assert_eq(change(), PICTURE_SAME);
}

Test(picture_change, a_stroke_of_a_pen_is_one_wherever_it_is)
{
    fill(300, 200, 3, 12, 20);
    cr_assert_eq(change(), PICTURE_TOUCHED);
    set_up();
    fill(WIDTH - 3, HEIGHT - 4, 3, 4, 20);
    cr_assert_eq(change(), PICTURE_TOUCHED, "in the odd block at the end");
}

Test(picture_change, a_slow_fade_is_one)
{
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++)
            now[y][x] = (uint8_t)(before[y][x] + 2);
    }
    cr_assert_neq(change(), PICTURE_SAME);
}

Test(picture_change, a_speaker_in_a_corner_moves)
{
    fill(480, 240, 130, 100, 190);
    cr_assert_eq(change(), PICTURE_MOVING);
}

Test(picture_change, lines_of_text_that_appear_are_a_new_slide)
{
    for (int line = 60; line + 14 < 330; line += 24) {
        for (int x = 40; x < 560; x += 4)
            fill(x, line, 2, 12, 10);
    }
    cr_assert_eq(change(), PICTURE_NEW);
}

Test(picture_change, another_size_is_another_picture)
{
    const struct plane a = {&before[0][0], WIDTH, WIDTH, HEIGHT};
    const struct plane b = {&now[0][0], WIDTH, WIDTH / 2, HEIGHT};
    const struct change_measure m = picture_change_measure(&a, &b);

    cr_assert_eq(picture_change_of(&m), PICTURE_NEW);
}
