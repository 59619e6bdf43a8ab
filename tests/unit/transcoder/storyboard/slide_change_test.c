// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/storyboard/slide_change.h"

#include "tests/unit/support/dice.h"
#include <criterion/criterion.h>
#include <string.h>

enum { WIDTH = 1280, HEIGHT = 720 };

static uint8_t before[HEIGHT][WIDTH];
static uint8_t now[HEIGHT][WIDTH];

static void set_up(void)
{
    memset(before, 235, sizeof before);
    memset(now, 235, sizeof now);
}

TestSuite(slide_change, .init = set_up);

/* A line of letters, 24 pixels high: strokes with paper between them. */
static void type(uint8_t page[HEIGHT][WIDTH], int top, int width)
{
    for (int y = top; y < top + 24; y++) {
        for (int x = 80; x < 80 + width; x++)
            page[y][x] = x / 4 % 3 == 0 ? 20 : 235;
    }
}

/* The same at 160 x 90, as tiles are. */
static bool is_other_small(void)
{
    static uint8_t small[2][90][160];
    uint8_t(*const pages[2])[WIDTH] = {before, now};

    for (int page = 0; page < 2; page++) {
        for (int y = 0; y < 90; y++) {
            for (int x = 0; x < 160; x++) {
                int sum = 0;
                for (int i = 0; i < 64; i++)
                    sum += pages[page][y * 8 + i / 8][x * 8 + i % 8];
                small[page][y][x] = (uint8_t)(sum / 64);
            }
        }
    }
    const struct plane a = {&small[0][0][0], 160, 160, 90};
    const struct plane b = {&small[1][0][0], 160, 160, 90};
    return slide_change_is_other(&a, &b, NULL, NULL);
}

static bool is_other(void)
{
    const struct plane a = {&before[0][0], WIDTH, WIDTH, HEIGHT};
    const struct plane b = {&now[0][0], WIDTH, WIDTH, HEIGHT};
    const bool is = slide_change_is_other(&a, &b, NULL, NULL);

    cr_assert_eq(is_other_small(), is, "the same when it is small");
    return is;
}

Test(slide_change, the_noise_of_a_codec_is_none)
{
    type(before, 200, 900);
    type(now, 200, 900);
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++)
            now[y][x] = (uint8_t)(now[y][x] + dice(7) - 3);
    }
    cr_assert_not(is_other());
}

Test(slide_change, two_lines_that_go_are_one)
{
    type(before, 200, 900);
    type(before, 260, 900);
    type(now, 500, 900);
    type(now, 560, 900);
    cr_assert(is_other());
}

Test(slide_change, lines_that_come_are_none)
{
    type(before, 200, 900);
    type(now, 200, 900);
    type(now, 260, 900);
    type(now, 320, 900);
    cr_assert_not(is_other());
}

Test(slide_change, a_word_that_goes_is_none)
{
    type(before, 200, 900);
    type(before, 260, 160);
    type(now, 200, 900);
    cr_assert_not(is_other());
}

Test(slide_change, a_picture_that_comes_is_one)
{
    for (int y = 100; y < 500; y++)
        memset(&now[y][300], 90, 500);
    cr_assert(is_other());
}

Test(slide_change, another_size_is_one)
{
    const struct plane a = {&before[0][0], WIDTH, WIDTH, HEIGHT};
    const struct plane b = {&now[0][0], WIDTH, WIDTH / 2, HEIGHT};

    cr_assert(slide_change_is_other(&a, &b, NULL, NULL));
}
