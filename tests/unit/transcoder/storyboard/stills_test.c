// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/storyboard/stills.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "common/err.h"

enum { WIDTH = 4, HEIGHT = 2, BYTES = WIDTH * HEIGHT * 3 / 2 };

static struct stills two_stills(const char *pixels)
{
    return (struct stills){
        .width = WIDTH,
        .height = HEIGHT,
        .run_from_us = 59000000,
        .calm_us = 20000000,
        .list = {{STILL_FIRST, 34000000, 34500000}, {STILL_LAST, 0, 0}},
        .n = 2,
        .pixels = slice_of(pixels, 2 * BYTES),
    };
}

Test(stills, what_is_read_is_what_was_written)
{
    CLEANUP(buf_clear) struct buf file = buf_with_limit(STILLS_FILE_LIMIT);
    const struct stills stills = two_stills("ABCDEFGHuvuvabcdefgh\n\0xy");
    struct stills read = {0};

    stills_write(&stills, &file);
    cr_assert_eq(stills_parse(buf_slice(&file), &read), 0);
    cr_assert(read.width == WIDTH && read.height == HEIGHT && read.n == 2);
    cr_assert(read.run_from_us == 59000000 && read.calm_us == 20000000);
    cr_assert_eq(read.list[0].kind, STILL_FIRST);
    cr_assert(read.list[0].from_us == 34000000 && read.list[0].until_us == 34500000);
    cr_assert_eq(memcmp(stills_picture(&read, 1), "abcdefgh\n\0xy", BYTES), 0);
    const struct plane luma = stills_luma(&read, 1);
    cr_assert(luma.data[4] == 'e' && luma.width == WIDTH && luma.height == HEIGHT &&
              luma.stride == WIDTH);
}

Test(stills, a_file_that_is_cut_or_lies_is_refused)
{
    static const char *const BAD[] = {
        "",
        "{}\n",
        "{\"version\":2,\"width\":2,\"height\":2,\"run_from_us\":-1,\"calm_us\":0,\"stills\":[]}\n",
        "{\"version\":1,\"width\":3,\"height\":2,\"run_from_us\":-1,\"calm_us\":0,\"stills\":[]}\n",
        "{\"version\":1,\"width\":162,\"height\":2,\"run_from_us\":-1,\"calm_us\":0,\"stills\":[]}"
        "\n",
        "{\"version\":1,\"width\":2,\"height\":2,\"run_from_us\":-2,\"calm_us\":0,\"stills\":[]}\n",
        "{\"version\":1,\"width\":2,\"height\":2,\"run_from_us\":-1,\"calm_us\":0,\"stills\":[]}"
        "\nmore",
        "{\"version\":1,\"width\":2,\"height\":2,\"run_from_us\":-1,\"calm_us\":0,\"stills\":[["
        "\"last\",0,0]]}\n"
        "short",
        "{\"version\":1,\"width\":2,\"height\":2,\"run_from_us\":-1,\"calm_us\":0,\"stills\":[["
        "\"what\",0,0]]}\n"
        "sixsix",
        "{\"version\":1,\"width\":2,\"height\":2,\"run_from_us\":-1,\"calm_us\":0,\"stills\":[["
        "\"last\",1,0]]}\n"
        "sixsix",
        "{\"version\":1,\"width\":2,\"height\":2,\"run_from_us\":-1,\"calm_us\":0,\"stills\":[7]}"
        "\nsixsix",
    };
    struct stills read = {0};

    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
        cr_assert_eq(stills_parse(slice_from(BAD[i]), &read), ERR_INVALID, "%zu", i);
    cr_assert_eq(read.width, 0, "untouched");
}

Test(stills, more_than_there_can_be_are_refused)
{
    CLEANUP(buf_clear) struct buf file = buf_with_limit(STILLS_FILE_LIMIT);
    struct stills read;

    buf_append_text(
        &file,
        "{\"version\":1,\"width\":2,\"height\":2,\"run_from_us\":-1,\"calm_us\":0,\"stills\":[");
    for (int i = 0; i <= STILLS_MAX; i++)
        buf_printf(&file, "%s[\"last\",0,0]", i ? "," : "");
    buf_append_text(&file, "]}\n");
    for (int i = 0; i <= STILLS_MAX; i++)
        buf_append_text(&file, "sixsix");
    cr_assert_eq(stills_parse(buf_slice(&file), &read), ERR_INVALID);
}

static void assert_size(uint32_t width, uint32_t height, uint32_t to_width, uint32_t to_height)
{
    uint32_t w;
    uint32_t h;

    stills_size(width, height, &w, &h);
    cr_assert(w == to_width && h == to_height, "%ux%u: %ux%u", width, height, w, h);
}

Test(stills, the_longer_side_is_160_and_the_shape_stays)
{
    assert_size(1280, 720, 160, 90);
    assert_size(640, 480, 160, 120);
    assert_size(720, 1280, 90, 160);
    assert_size(90, 160, 90, 160);
    assert_size(96, 64, 160, 106);
    assert_size(16384, 2, 160, 2);
}

Test(stills, their_files_are_named_by_chunk)
{
    char name[STILLS_NAME_SIZE];

    stills_name(3, name);
    cr_assert_str_eq(name, "part-stills-0003.bin");
}
