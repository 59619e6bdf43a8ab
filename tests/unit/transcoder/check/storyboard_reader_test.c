// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/check/storyboard_reader.h"

#include <criterion/criterion.h>

#include "common/err.h"

Test(storyboard_reader, cues_are_read_as_players_read_them)
{
    struct slice rest =
        slice_from("WEBVTT - pictures\r\nX: y\r\n\r\nNOTE nothing\nof interest\n\n"
                   "00:00:00.000 --> 00:00:30.500 align:start\na.jpg#xywh=0,0,1,2\n\n\n"
                   "second\n00:30.500 --> 101:00:00.001\nb.jpg#xywh=3,4,5,6");
    struct storyboard_cue cue;

    cr_assert_eq(storyboard_read_head(&rest), 0);
    cr_assert_eq(storyboard_read_cue(&rest, &cue), 0);
    cr_assert(cue.start_ms == 0 && cue.end_ms == 30500);
    cr_assert(slice_is(cue.target, "a.jpg#xywh=0,0,1,2"));
    cr_assert_eq(storyboard_read_cue(&rest, &cue), 0);
    cr_assert(cue.start_ms == 30500 && cue.end_ms == INT64_C(101) * 3600000 + 1);
    cr_assert(slice_is(cue.target, "b.jpg#xywh=3,4,5,6"));
    cr_assert_eq(storyboard_read_cue(&rest, &cue), ERR_NOT_FOUND);
}

Test(storyboard_reader, what_is_no_cue_is_refused)
{
    static const char *const WRONG[] = {
        "0:00.000 --> 00:01.000\na\n",        "00:00 --> 00:01.000\na\n",
        "00:00.00 --> 00:01.000\na\n",        "00:61.000 --> 01:61.000\na\n",
        "00:00.000 -> 00:01.000\na\n",        "00:00.000 --> \na\n",
        "00:00:00:00.000 --> 00:01.000\na\n", "00:00.000 --> 00:01.000\n\n",
        "00:00.000 --> 00:01.000\na\nb\n",    "one\ntwo\n00:00.000 --> 00:01.000\na\n",
    };
    struct storyboard_cue cue;

    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        struct slice rest = slice_from(WRONG[i]);
        cr_expect_eq(storyboard_read_cue(&rest, &cue), ERR_INVALID, "%s", WRONG[i]);
    }
}

Test(storyboard_reader, a_file_starts_with_its_name)
{
    struct slice good = slice_from("WEBVTT");
    struct slice longer = slice_from("WEBVTTX\n\n");
    struct slice empty = slice_of(NULL, 0);

    cr_assert_eq(storyboard_read_head(&good), 0);
    cr_assert_eq(storyboard_read_head(&longer), ERR_INVALID);
    cr_assert_eq(storyboard_read_head(&empty), ERR_INVALID);
}

Test(storyboard_reader, a_tile_is_a_part_of_a_sheet)
{
    static const char *const WRONG[] = {
        "a.jpg",
        "a.jpg#",
        "#xywh=0,0,1,1",
        "a.jpg#xywh=0,0,1",
        "a.jpg#xywh=0,0,1,1,1",
        "a.jpg#xywh=0,0,1,1,",
        "a.jpg#xywh=0,0,0,1",
        "a.jpg#xywh=0,0,1,0",
        "a.jpg#xywh=-1,0,1,1",
        "a.jpg#xywh=0,0,1,65536",
        "a.jpg#t=1",
    };
    struct storyboard_tile tile;

    cr_assert_eq(storyboard_read_tile(slice_from("a/b.jpg#xywh=160,90,80,45"), &tile), 0);
    cr_assert(slice_is(tile.sheet, "a/b.jpg"));
    cr_assert(tile.x == 160 && tile.y == 90 && tile.width == 80 && tile.height == 45);
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++)
        cr_expect_eq(storyboard_read_tile(slice_from(WRONG[i]), &tile), ERR_INVALID, "%s",
                     WRONG[i]);
}
