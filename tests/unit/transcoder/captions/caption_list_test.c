// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/captions/caption_list.h"

#include <criterion/criterion.h>

#include "common/err.h"

static struct caption_list *list;
static struct buf out;

static void set_up(void)
{
    list = caption_list_new();
    out = buf_with_limit(2 * CAPTION_FILE_LIMIT);
    buf_append_text(&out, "");
}

static void tear_down(void)
{
    caption_list_free(list);
    buf_clear(&out);
}

TestSuite(caption_list, .init = set_up, .fini = tear_down);

static void add(int64_t start_ms, int64_t duration_ms, const char *text)
{
    cr_assert_eq(caption_list_add(list, CAPTION_SUBRIP, start_ms, duration_ms, slice_from(text)),
                 0);
}

Test(caption_list, cues_come_in_order_of_time)
{
    add(3725004, 1500, "b");
    add(1000, 2000, "a");
    cr_assert_eq(caption_list_write(list, 4000000, &out), 2);
    cr_assert_str_eq(out.data, "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\na\n\n"
                               "01:02:05.004 --> 01:02:06.504\nb\n");
}

Test(caption_list, what_is_outside_of_the_lecture_is_cut_off)
{
    add(-3000, 1000, "before");
    add(-1000, 2000, "across");
    add(9000, 5000, "over the end");
    add(10000, 500, "behind");
    add(INT64_MAX / 4, 500, "absurd");
    cr_assert_eq(caption_list_write(list, 10000, &out), 2);
    cr_assert_str_eq(out.data, "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nacross\n\n"
                               "00:00:09.000 --> 00:00:10.000\nover the end\n");
}

Test(caption_list, one_without_an_end_lasts_until_the_next_but_not_for_ever)
{
    add(1000, 0, "a");
    add(2000, 0, "");
    add(5000, -7, "b");
    cr_assert_eq(caption_list_write(list, 60000, &out), 2);
    cr_assert_str_eq(out.data, "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\na\n\n"
                               "00:00:05.000 --> 00:00:13.000\nb\n");
}

Test(caption_list, nothing_said_is_no_file)
{
    add(0, 1000, "<i></i>");
    cr_assert_eq(caption_list_write(list, 60000, &out), 0);
    cr_assert_str_eq(out.data, "");
}

Test(caption_list, there_is_an_end_to_what_is_kept)
{
    int err = 0;

    for (int i = 0; i <= CAPTION_MAX_CUES && !err; i++)
        err = caption_list_add(list, CAPTION_SUBRIP, i, 1, slice_from("a"));
    cr_assert_eq(err, ERR_TOO_LARGE);
}
