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
