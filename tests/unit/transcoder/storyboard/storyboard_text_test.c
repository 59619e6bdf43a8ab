// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/storyboard/storyboard.h"

#include <criterion/criterion.h>
#include <string.h>

static struct storyboard_entry entries[] = {
    {.start_us = 0, .has_tile = true},
    {.start_us = 4200999, .is_slide = true, .has_tile = true},
    {.start_us = 5000000, .is_slide = true},
    {.start_us = 3725004000, .is_slide = true, .has_tile = true},
};

static const struct storyboard BOARD = {.width = 160,
                                        .height = 90,
                                        .duration_us = 3726000000,
                                        .entries = entries,
                                        .n = 4,
                                        .n_tiles = 3,
                                        .n_slides = 3,
                                        .is_still = true};

static const struct package without;

Test(storyboard_text, cues_follow_each_other_without_a_gap_to_the_end)
{
    CLEANUP(buf_clear) struct buf out = buf_with_limit(10000);

    storyboard_write_cues(&BOARD, &out);
    cr_assert_str_eq(out.data, "WEBVTT\n\n"
                               "00:00:00.000 --> 00:00:04.200\n"
                               "storyboard-0.jpg#xywh=0,0,160,90\n\n"
                               "00:00:04.200 --> 01:02:05.004\n"
                               "storyboard-0.jpg#xywh=160,0,160,90\n\n"
                               "01:02:05.004 --> 01:02:06.000\n"
                               "storyboard-0.jpg#xywh=320,0,160,90\n");
}

Test(storyboard_text, slides_are_counted_and_may_lack_a_picture)
{
    CLEANUP(buf_clear) struct buf out = buf_with_limit(10000);

    storyboard_write_slides(&BOARD, &without, &out);
    cr_assert_str_eq(
        out.data, "{\"version\":1,\"pictures\":\"still\",\"slides\":[\n"
                  "{\"id\":1,\"start_s\":4.200,\"tile\":\"storyboard-0.jpg#xywh=160,0,160,90\"},\n"
                  "{\"id\":2,\"start_s\":5.000,\"tile\":null},\n"
                  "{\"id\":3,\"start_s\":3725.004,"
                  "\"tile\":\"storyboard-0.jpg#xywh=320,0,160,90\"}]}\n");
}

Test(storyboard_text, moving_pictures_have_none_and_that_is_said)
{
    CLEANUP(buf_clear) struct buf out = buf_with_limit(10000);
    const struct storyboard none = {.width = 160, .height = 90, .duration_us = 1};

    storyboard_write_slides(&none, &without, &out);
    cr_assert_str_eq(out.data, "{\"version\":1,\"pictures\":\"moving\",\"slides\":[]}\n");
}

Test(storyboard_text, states_say_since_when_which_file_is_shown)
{
    CLEANUP(buf_clear) struct buf out = buf_with_limit(10000);
    struct package_picture pictures[] = {{4200999, 1, 1, 9000}, {5000000, 2, 12, 8000}};
    const struct package package = {.pictures = pictures, .n_pictures = 2};

    storyboard_write_slides(&BOARD, &package, &out);
    cr_assert_not_null(strstr(out.data,
                              "],\"states\":[\n"
                              "{\"start_s\":4.200,\"slide\":1,\"file\":\"slides/0001.webp\","
                              "\"bytes\":9000},\n"
                              "{\"start_s\":5.000,\"slide\":2,\"file\":\"slides/0012.webp\","
                              "\"bytes\":8000}]}\n"));
}
