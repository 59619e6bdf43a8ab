// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/jobs/title.h"

#include <criterion/criterion.h>
#include <string.h>

static enum title_fault check(const char *text)
{
    return title_check(slice_from(text));
}

Test(title, each_way_to_be_wrong_is_told_apart)
{
    cr_assert_eq(check("Bài 1"), TITLE_FINE);
    cr_assert_eq(check(""), TITLE_EMPTY);
    cr_assert_eq(check(" \t "), TITLE_EMPTY);
    cr_assert_eq(check("a\tb"), TITLE_HAS_CONTROLS);
    cr_assert_eq(check("a\xc2\x85"
                       "b"),
                 TITLE_HAS_CONTROLS);
    cr_assert_eq(check("a\xff"), TITLE_NOT_UTF8);
    cr_assert_eq(check("a\xc3"), TITLE_NOT_UTF8);
    cr_assert_eq(title_check(slice_of("a\0b", 3)), TITLE_HAS_CONTROLS);
}

/* With a short letter and without end, as an attacker has it. */
Test(title, accents_without_end_are_too_long)
{
    char text[TITLE_SIZE + 2] = "e";

    for (size_t i = 1; i + 1 < sizeof text; i += 2)
        memcpy(text + i, "\u0301", 2);
    cr_assert_eq(title_check(slice_of(text, TITLE_SIZE - 1)), TITLE_NOT_UTF8, "cut within one");
    cr_assert_eq(title_check(slice_of(text, TITLE_SIZE - 2)), TITLE_FINE);
    cr_assert_eq(title_check(slice_of(text, TITLE_SIZE)), TITLE_TOO_LONG);
}

Test(title, a_cut_parts_no_letter_from_its_accents)
{
    const struct slice text = slice_from("ae\u0302\u0301b"); /* 1, 1 + 2 + 2, 1 bytes */

    for (size_t max = 0; max < 8; max++) {
        const size_t expected = max < 1 ? 0 : max < 6 ? 1 : max < 7 ? 6 : 7;
        cr_assert_eq(title_cut(text, 9, max).length, expected, "%zu", max);
    }
    cr_assert_eq(title_cut(text, 1, 99).length, 1);
    cr_assert_eq(title_cut(text, 2, 99).length, 6);
    cr_assert_eq(title_cut(text, 3, 99).length, 7);
    cr_assert_eq(title_cut(slice_from(""), 3, 99).length, 0);
}
