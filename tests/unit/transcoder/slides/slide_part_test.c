// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/slides/slide_part.h"

#include <criterion/criterion.h>
#include <string.h>

#include "common/err.h"

enum { WIDTH = 4, HEIGHT = 2, LUMA = WIDTH * HEIGHT };

static struct slide_part two_pictures(void)
{
    struct slide_part part = {.width = WIDTH,
                              .height = HEIGHT,
                              .states = {{1000000, 3}, {7000000, 5}},
                              .n = 2,
                              .lumas = slice_of("ABCDEFGHabcdefgh", 2 * LUMA),
                              .files = slice_of("one\n\0wo!", 8)};

    part.film.cells[0] = 1;
    part.film.cells[FILM_CELLS - 1] = 1;
    return part;
}

Test(slide_part, what_is_read_is_what_was_written)
{
    CLEANUP(buf_clear) struct buf file = buf_with_limit(SLIDE_PART_LIMIT);
    const struct slide_part part = two_pictures();
    struct slide_part read = {0};

    slide_part_write(&part, &file);
    cr_assert_eq(slide_part_parse(buf_slice(&file), &read), 0);
    cr_assert(read.n == 2 && read.width == WIDTH && read.height == HEIGHT);
    cr_assert_eq(read.states[1].at_us, 7000000);
    cr_assert(slice_is(slide_part_file(&read, 0), "one"));
    cr_assert_eq(memcmp(slide_part_file(&read, 1).data, "\n\0wo!", 5), 0);
    cr_assert_eq(slide_part_luma(&read, 1).data[4], 'e');
    cr_assert_eq(memcmp(&read.film, &part.film, sizeof part.film), 0);
}

Test(slide_part, a_file_that_is_cut_anywhere_is_refused)
{
    CLEANUP(buf_clear) struct buf file = buf_with_limit(SLIDE_PART_LIMIT);
    const struct slide_part part = two_pictures();
    struct slide_part read = {0};

    slide_part_write(&part, &file);
    for (size_t length = 0; length < file.length; length++)
        cr_assert_eq(slide_part_parse(slice_of(file.data, length), &read), ERR_INVALID);
    cr_assert_eq(read.n, 0, "untouched");
}

Test(slide_part, a_file_that_lies_is_refused)
{
    static const char *const BAD[] = {
        "{\"version\":2,\"width\":4,\"height\":2,\"film\":\"\",\"states\":[]}\n",
        "{\"version\":1,\"width\":0,\"height\":2,\"film\":\"\",\"states\":[]}\n",
        "{\"version\":1,\"width\":4000,\"height\":2,\"film\":\"\",\"states\":[]}\n",
        "{\"version\":1,\"width\":4,\"height\":2,\"film\":\"00\",\"states\":[]}\n",
        "{\"version\":1,\"width\":4,\"height\":2,\"film\":\"\",\"states\":[[0,0]]}\nABCDEFGH",
        "{\"version\":1,\"width\":4,\"height\":2,\"film\":\"\",\"states\":[[0,25001]]}\nABCDEFGH",
        "{\"version\":1,\"width\":4,\"height\":2,\"film\":\"\",\"states\":[[-1,1]]}\nABCDEFGHx",
        "{\"version\":1,\"width\":4,\"height\":2,\"film\":\"\",\"states\":[[5,1],[5,1]]}\n"
        "ABCDEFGHABCDEFGHxx",
    };
    struct slide_part read;

    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
        cr_assert_eq(slide_part_parse(slice_from(BAD[i]), &read), ERR_INVALID, "%zu", i);
}

Test(slide_part, lumas_are_small_and_have_the_pictures_shape)
{
    int width;
    int height;

    slide_luma_size(1280, 720, &width, &height);
    cr_assert(width == 320 && height == 180);
    slide_luma_size(720, 1280, &width, &height);
    cr_assert(width == 180 && height == 320);
    slide_luma_size(160, 2, &width, &height);
    cr_assert(width == 160 && height == 2);
}
