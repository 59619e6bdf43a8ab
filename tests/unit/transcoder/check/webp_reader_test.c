// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/check/webp_reader.h"

#include <criterion/criterion.h>
#include <string.h>

#include "common/err.h"

/* A picture of 1280 x 720 as far as the header goes, and four bytes. */
static const char GOOD[] = "RIFF\x1a\0\0\0WEBPVP8 \x0e\0\0\0\x10\0\0\x9d\x01\x2a\0\x05\xd0\x02"
                           "data";
enum { LENGTH = sizeof GOOD - 1 };

Test(webp_reader, the_size_is_read_from_the_key_frame)
{
    struct webp_size size;

    cr_assert_eq(webp_read_size(slice_of(GOOD, LENGTH), &size), 0);
    cr_assert(size.width == 1280 && size.height == 720);
}

Test(webp_reader, a_picture_that_is_cut_anywhere_or_too_long_is_refused)
{
    char longer[LENGTH + 1];
    struct webp_size size;

    for (size_t length = 0; length < LENGTH; length++)
        cr_assert_eq(webp_read_size(slice_of(GOOD, length), &size), ERR_INVALID, "%zu", length);
    memcpy(longer, GOOD, sizeof longer);
    cr_assert_eq(webp_read_size(slice_of(longer, sizeof longer), &size), ERR_INVALID);
}

Test(webp_reader, another_kind_of_picture_is_refused)
{
    static const size_t AT[] = {0, 8, 12, 15, 16, 20, 23, 26, 27};
    char bytes[LENGTH];
    struct webp_size size;

    for (size_t i = 0; i < 7; i++) {
        memcpy(bytes, GOOD, LENGTH);
        bytes[AT[i]] ^= 1;
        if (AT[i] == 16)
            bytes[AT[i]] = 0x7f;
        cr_assert_eq(webp_read_size(slice_of(bytes, LENGTH), &size), ERR_INVALID, "%zu", AT[i]);
    }
    memcpy(bytes, GOOD, LENGTH);
    memset(bytes + 26, 0, 2);
    cr_assert_eq(webp_read_size(slice_of(bytes, LENGTH), &size), ERR_INVALID, "no width");
}
