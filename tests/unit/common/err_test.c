// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/err.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

Test(err, every_kind_has_words_of_its_own)
{
    for (int a = ERR_UNSUPPORTED; a <= ERR_OK; a++) {
        cr_assert_not_null(err_text(a));
        cr_assert_str_neq(err_text(a), "unknown failure");
        for (int b = a + 1; b <= ERR_OK; b++)
            cr_assert_str_neq(err_text(a), err_text(b));
    }
}

Test(err, a_value_that_is_no_kind_has_words_too)
{
    cr_assert_str_eq(err_text(1), "unknown failure");
    cr_assert_str_eq(err_text(ERR_UNSUPPORTED - 1), "unknown failure");
    cr_assert_str_eq(err_text(INT_MAX), "unknown failure");
}

Test(err, the_smallest_int_is_not_negated)
{
    cr_assert_str_eq(err_text(INT_MIN), "unknown failure");
}

Test(err, errno_values_become_what_a_caller_can_act_on)
{
    cr_assert_eq(err_from_errno(0), 0);
    cr_assert_eq(err_from_errno(ENOSPC), ERR_NO_SPACE);
    cr_assert_eq(err_from_errno(EDQUOT), ERR_NO_SPACE);
    cr_assert_eq(err_from_errno(ENOENT), ERR_NOT_FOUND);
    cr_assert_eq(err_from_errno(EEXIST), ERR_EXISTS);
    cr_assert_eq(err_from_errno(EACCES), ERR_DENIED);
    cr_assert_eq(err_from_errno(EROFS), ERR_DENIED);
    cr_assert_eq(err_from_errno(ENOMEM), ERR_NO_MEMORY);
    cr_assert_eq(err_from_errno(EMFILE), ERR_UNAVAILABLE,
                 "and not that a file is missing or broken");
    cr_assert_eq(err_from_errno(ENFILE), ERR_UNAVAILABLE);
    cr_assert_eq(err_from_errno(ENOBUFS), ERR_UNAVAILABLE);
    cr_assert_eq(err_from_errno(EAGAIN), ERR_AGAIN);
    cr_assert_eq(err_from_errno(ECONNREFUSED), ERR_UNAVAILABLE);
    cr_assert_eq(err_from_errno(ETIMEDOUT), ERR_TIMEOUT);
    cr_assert_eq(err_from_errno(EFBIG), ERR_TOO_LARGE);
    cr_assert_eq(err_from_errno(EIO), ERR_IO);
    cr_assert_eq(err_from_errno(99999), ERR_IO);
}
