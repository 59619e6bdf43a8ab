// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/slice.h"

#include <criterion/criterion.h>

#include "common/err.h"

Test(slice, split_tells_no_more_from_an_empty_last_part)
{
    struct slice rest = slice_from("a,b,");

    cr_assert(slice_is(slice_split(&rest, ','), "a"));
    cr_assert(slice_is(slice_split(&rest, ','), "b"));
    cr_assert_not_null(rest.data);
    cr_assert(slice_is(slice_split(&rest, ','), ""));
    cr_assert_null(rest.data);
}

Test(slice, numbers_are_digits_alone_and_fit)
{
    uint64_t value = 7;

    cr_assert_eq(slice_to_u64(slice_from("18446744073709551615"), &value), 0);
    cr_assert_eq(value, UINT64_MAX);
    cr_assert_eq(slice_to_u64(slice_from("18446744073709551616"), &value), ERR_TOO_LARGE);
    cr_assert_eq(slice_to_u64(slice_from("+5"), &value), ERR_INVALID);
    cr_assert_eq(slice_to_u64(slice_from(" 5"), &value), ERR_INVALID);
    cr_assert_eq(slice_to_u64(slice_from(""), &value), ERR_INVALID);
    cr_assert_eq(value, UINT64_MAX, "a failure must leave the output alone");
}

Test(slice, signed_numbers_are_as_strict)
{
    int64_t value = 7;

    cr_assert_eq(slice_to_i64(slice_from("-9223372036854775807"), &value), 0);
    cr_assert_eq(value, -INT64_MAX);
    cr_assert_eq(slice_to_i64(slice_from("9223372036854775807"), &value), 0);
    cr_assert_eq(value, INT64_MAX);
    cr_assert_eq(slice_to_i64(slice_from("9223372036854775808"), &value), ERR_TOO_LARGE);
    cr_assert_eq(slice_to_i64(slice_from("-"), &value), ERR_INVALID);
    cr_assert_eq(slice_to_i64(slice_from("--1"), &value), ERR_INVALID);
    cr_assert_eq(slice_to_i64(slice_from(""), &value), ERR_INVALID);
    cr_assert_eq(value, INT64_MAX, "a failure must leave the output alone");
}

Test(slice, plain_utf8_has_no_overlong_forms_surrogates_or_controls)
{
    cr_assert(slice_is_plain_utf8(slice_from("Bài giảng số 1: đổi mới")));
    cr_assert(slice_is_plain_utf8(slice_from("")));
    cr_assert_not(slice_is_plain_utf8(slice_from("\xc0\xaf")));
    cr_assert_not(slice_is_plain_utf8(slice_from("\xed\xa0\x80")));
    cr_assert_not(slice_is_plain_utf8(slice_from("\xf5\x80\x80\x80")));
    cr_assert_not(slice_is_plain_utf8(slice_from("cut \xe1\xba")));
    cr_assert_not(slice_is_plain_utf8(slice_from("line\nbreak")));
    cr_assert_not(slice_is_plain_utf8(slice_of("nul\0", 4)));
}

Test(slice, the_empty_slice_may_have_no_bytes_at_all)
{
    const struct slice none = slice_from(NULL);

    cr_assert_eq(none.length, 0);
    cr_assert(slice_is(none, ""));
    cr_assert(slice_equals(none, slice_from("")));
    cr_assert(slice_equals_nocase(none, slice_from("")));
    cr_assert(slice_starts_with(none, ""));
    cr_assert_eq(slice_skip(none, 5).length, 0);
    cr_assert_eq(slice_trim(none).length, 0);
    cr_assert(slice_is_plain_utf8(none));
}

Test(slice, comparison_looks_at_the_bytes_and_the_length)
{
    cr_assert(slice_is(slice_of("abcdef", 3), "abc"));
    cr_assert_not(slice_is(slice_from("abc"), "abcd"));
    cr_assert_not(slice_is(slice_from("abc"), "abd"));
    cr_assert_not(slice_equals(slice_of("a\0b", 3), slice_of("a\0c", 3)));
}

Test(slice, case_is_ignored_for_ascii_letters_alone)
{
    cr_assert(slice_equals_nocase(slice_from("Content-TYPE"), slice_from("content-type")));
    cr_assert_not(slice_equals_nocase(slice_from("a"), slice_from("ab")));
    cr_assert_not(slice_equals_nocase(slice_from("@"), slice_from("`")));
    cr_assert_not(slice_equals_nocase(slice_from("["), slice_from("{")));
    cr_assert_not(slice_equals_nocase(slice_from("Đ"), slice_from("đ")));
}

Test(slice, a_prefix_may_be_the_whole)
{
    cr_assert(slice_starts_with(slice_from("bytes=0-"), "bytes="));
    cr_assert(slice_starts_with(slice_from("bytes"), "bytes"));
    cr_assert_not(slice_starts_with(slice_from("byte"), "bytes"));
}

Test(slice, trimming_takes_spaces_and_tabs_at_both_ends)
{
    cr_assert(slice_is(slice_trim(slice_from(" \t a b\t ")), "a b"));
    cr_assert(slice_is(slice_trim(slice_from(" \t ")), ""));
    cr_assert(slice_is(slice_trim(slice_from("\na\r")), "\na\r"));
}

Test(slice, skipping_stops_at_the_end)
{
    const struct slice s = slice_from("abc");

    cr_assert(slice_is(slice_skip(s, 0), "abc"));
    cr_assert(slice_is(slice_skip(s, 2), "c"));
    cr_assert_eq(slice_skip(s, 3).length, 0);
    cr_assert_eq(slice_skip(s, SIZE_MAX).data, s.data + 3);
}

Test(slice, splitting_nothing_gives_nothing_once)
{
    struct slice rest = slice_from("");

    cr_assert_eq(slice_split(&rest, ',').length, 0);
    cr_assert_null(rest.data);
    rest = slice_from("a\0b,c");
    rest.length = 5;
    cr_assert_eq(slice_split(&rest, ',').length, 3, "a NUL is a byte like others");
}

Test(slice, twenty_digits_are_the_longest_number)
{
    uint64_t value = 7;

    cr_assert_eq(slice_to_u64(slice_from("0"), &value), 0);
    cr_assert_eq(value, 0);
    cr_assert_eq(slice_to_u64(slice_from("00000000000000000042"), &value), 0);
    cr_assert_eq(value, 42);
    cr_assert_eq(slice_to_u64(slice_from("000000000000000000042"), &value), ERR_INVALID);
    cr_assert_eq(slice_to_u64(slice_from("99999999999999999999"), &value), ERR_TOO_LARGE);
    cr_assert_eq(slice_to_u64(slice_from("1e3"), &value), ERR_INVALID);
    cr_assert_eq(slice_to_u64(slice_of("1\0", 2), &value), ERR_INVALID);
    cr_assert_eq(value, 42);
}

Test(slice, a_copy_fits_with_its_terminator_and_holds_no_nul)
{
    char text[4] = "old";

    cr_assert_eq(slice_to_cstr(slice_from("1234"), text, sizeof text), ERR_TOO_LARGE);
    cr_assert_eq(slice_to_cstr(slice_of("1\0", 2), text, sizeof text), ERR_INVALID);
    cr_assert_str_eq(text, "old");
    cr_assert_eq(slice_to_cstr(slice_from("123"), text, sizeof text), 0);
    cr_assert_str_eq(text, "123");
    cr_assert_eq(slice_to_cstr(slice_from(NULL), text, sizeof text), 0);
    cr_assert_str_eq(text, "");
    cr_assert_eq(slice_to_cstr(slice_from(""), text, 0), ERR_TOO_LARGE);
}

Test(slice, the_first_character_is_decoded_or_refused)
{
    static const struct {
        const char *bytes;
        size_t length;
        uint32_t value;
    } GOOD[] = {{"a", 1, 'a'},
                {"\x7f", 1, 0x7f},
                {"\xc2\x80", 2, 0x80},
                {"đx", 2, 0x111},
                {"\xe0\xa0\x80", 3, 0x800},
                {"ệ", 3, 0x1ec7},
                {"\xf0\x90\x80\x80", 4, 0x10000},
                {"\xf4\x8f\xbf\xbf", 4, 0x10ffff}};
    static const char *const BAD[] = {"",
                                      "\x80",
                                      "\xc1\xbf",
                                      "\xe0\x9f\xbf",
                                      "\xed\xbf\xbf",
                                      "\xf0\x8f\xbf\xbf",
                                      "\xf4\x90\x80\x80",
                                      "\xff",
                                      "\xc4",
                                      "\xe1\xbb",
                                      "\xe1\x41\x87",
                                      "\xf8\x88\x80\x80"};
    uint32_t value = 7;

    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
        cr_assert_eq(slice_first_char(slice_from(BAD[i]), &value), 0, "case %zu", i);
    cr_assert_eq(value, 7);
    for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) {
        cr_assert_eq(slice_first_char(slice_from(GOOD[i].bytes), &value), GOOD[i].length);
        cr_assert_eq(value, GOOD[i].value);
    }
    cr_assert_eq(slice_first_char(slice_of("\0", 1), &value), 1);
    cr_assert_eq(value, 0);
}
