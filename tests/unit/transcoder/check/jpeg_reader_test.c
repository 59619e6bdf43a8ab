// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/check/jpeg_reader.h"

#include <criterion/criterion.h>

#include "common/err.h"

/* A picture of 320 x 180 with a comment before its frame, and one byte of data. */
static const char GOOD[] = "\xff\xd8"
                           "\xff\xfe\0\x04hi"
                           "\xff\xc0\0\x11\x08\0\xb4\x01\x40\x03\x01\x22\0\x02\x11\x01\x03\x11\x01"
                           "\xff\xda\0\x08\x01\x01\0\0\x3f\0\x55\xff\xd9";
enum { SIZE = sizeof GOOD - 1, FRAME = 8, SCAN = 27 };

/* Reads the picture with one byte changed. */
static int read_changed(size_t at, int value)
{
    char bytes[SIZE];
    struct jpeg_size size;

    memcpy(bytes, GOOD, SIZE);
    bytes[at] = (char)value;
    return jpeg_read_size(slice_of(bytes, SIZE), &size);
}

Test(jpeg_reader, the_frame_says_how_large_a_picture_is)
{
    struct jpeg_size size = {0};

    cr_assert_eq(jpeg_read_size(slice_of(GOOD, SIZE), &size), 0);
    cr_assert_eq(size.width, 320);
    cr_assert_eq(size.height, 180);
    cr_assert_eq(read_changed(FRAME + 1, 0xc2), 0, "progressive");
}

Test(jpeg_reader, every_picture_that_was_cut_off_is_refused)
{
    struct jpeg_size size;

    for (size_t n = 0; n < SIZE; n++)
        cr_assert_eq(jpeg_read_size(slice_of(GOOD, n), &size), ERR_INVALID, "%zu bytes", n);
}

Test(jpeg_reader, what_browsers_do_not_show_is_refused)
{
    cr_expect_eq(read_changed(0, 'x'), ERR_INVALID, "another kind of file");
    cr_expect_eq(read_changed(FRAME + 1, 0xc3), ERR_INVALID, "lossless");
    cr_expect_eq(read_changed(FRAME + 4, 12), ERR_INVALID, "12 bits");
    cr_expect_eq(read_changed(FRAME + 6, 0), ERR_INVALID, "no height");
    cr_expect_eq(read_changed(FRAME + 9, 4), ERR_INVALID, "four components");
    cr_expect_eq(read_changed(FRAME + 3, 0xff), ERR_INVALID, "a length beyond the end");
    cr_expect_eq(read_changed(FRAME + 3, 0), ERR_INVALID, "a length of nothing");
    cr_expect_eq(read_changed(SCAN, 0), ERR_INVALID, "no marker");
}
