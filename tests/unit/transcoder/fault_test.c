// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/fault.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <libavutil/error.h>

#include "common/err.h"

Test(fault, the_first_reason_stays)
{
    struct fault fault = {0};

    cr_assert_eq(fault_set(&fault, FAILURE_EMPTY, ERR_INVALID, "no %s", "bytes"), ERR_INVALID);
    cr_assert_eq(fault_set(&fault, FAILURE_DRM, ERR_IO, "later"), ERR_IO);
    cr_assert_eq(fault.failure, FAILURE_EMPTY);
    cr_assert_str_eq(fault.detail, "no bytes");
}

Test(fault, what_a_file_says_cannot_move_the_cursor)
{
    struct fault fault = {0};

    (void)fault_set(&fault, FAILURE_NOT_MEDIA, ERR_INVALID, "a\033[2Jb\nc\xff");
    cr_assert_str_eq(fault.detail, "a?[2Jb?c?");
}

Test(fault, long_details_are_cut)
{
    struct fault fault = {0};

    (void)fault_set(&fault, FAILURE_NOT_MEDIA, ERR_INVALID, "%0500d", 1);
    cr_assert_eq(strlen(fault.detail), FAULT_DETAIL_SIZE - 1);
}

Test(fault, a_full_disk_is_the_machines_fault)
{
    struct fault fault = {0};

    cr_assert_eq(fault_set_av(&fault, FAILURE_NOT_MEDIA, AVERROR(ENOSPC), "x"), ERR_NO_SPACE);
    cr_assert_eq(fault.failure, FAILURE_DISK_FULL);
    fault = (struct fault){0};
    fault_complete(&fault, ERR_NO_SPACE);
    cr_assert_eq(fault.failure, FAILURE_DISK_FULL);
    fault = (struct fault){0};
    fault_complete(&fault, ERR_CORRUPT);
    cr_assert_eq(fault.failure, FAILURE_INTERNAL);
}
