// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/package/track_title.h"

#include <criterion/criterion.h>

static void check(const char *text, const char *wanted)
{
    char title[TRACK_TITLE_SIZE];

    track_title_set(slice_from(text), title);
    cr_assert_str_eq(title, wanted);
    cr_assert(track_title_is_valid(title));
}

Test(track_title, stays_as_it_is_when_a_playlist_can_have_it)
{
    check("Tiếng giảng", "Tiếng giảng");
    check("Micro (phòng 2), trái & phải", "Micro (phòng 2), trái & phải");
    check("", "");
}

Test(track_title, is_on_one_line_and_without_double_quotes)
{
    check("Nói \"to\"", "Nói 'to'");
    check("  a\r\nb\tc \x7f ", "a b c");
    check("a\xc2\x85"
          "b\xe2\x80\xa8"
          "c",
          "a b c");
    check("\n\n", "");
}

Test(track_title, is_cut_between_characters)
{
    char title[TRACK_TITLE_SIZE];
    char text[201] = "";

    for (size_t i = 0; i < 60; i++)
        memcpy(text + 3 * i, "ế", 4);
    track_title_set(slice_from(text), title);
    cr_assert_gt(strlen(title), 55);
    cr_assert(slice_is_plain_utf8(slice_from(title)));
}

Test(track_title, of_bytes_that_are_no_text_is_none)
{
    check("abc\xff", "");
    check("\xc3", "");
}

Test(track_title, with_a_quote_or_a_line_end_was_not_stored_by_us)
{
    cr_assert_not(track_title_is_valid("a\"b"));
    cr_assert_not(track_title_is_valid("a\nb"));
    cr_assert_not(track_title_is_valid("\xff"));
}
