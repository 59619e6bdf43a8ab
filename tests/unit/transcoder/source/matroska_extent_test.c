// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/matroska_extent.h"

#include <criterion/criterion.h>

#define EBML                                    \
    "\x1a\x45\xdf\xa3\x83" /* of three bytes */ \
    "abc"
#define SEGMENT    "\x18\x53\x80\x67"
#define HEAD(text) slice_of(text, sizeof(text) - 1)

Test(matroska_extent, a_file_is_whole_when_its_segment_is)
{
    cr_assert(matroska_is_whole(HEAD(EBML SEGMENT "\x85"), 18));
    cr_assert(matroska_is_whole(HEAD(EBML SEGMENT "\x85"), 100), "something stands behind it");
    cr_assert_not(matroska_is_whole(HEAD(EBML SEGMENT "\x85"), 17));
    cr_assert(matroska_is_whole(HEAD(EBML SEGMENT "\x01\0\0\0\0\0\0\x05"), 25));
    cr_assert_not(matroska_is_whole(HEAD(EBML SEGMENT "\x01\0\0\0\0\0\0\x05"), 24));
    cr_assert(matroska_is_whole(HEAD(EBML SEGMENT "\x40\x05"), 19));
}

Test(matroska_extent, what_does_not_say_is_not_known_to_be_whole)
{
    cr_assert_not(matroska_is_whole(HEAD(EBML SEGMENT "\xff"), 1000), "of unknown size");
    cr_assert_not(matroska_is_whole(HEAD(EBML SEGMENT "\x01\xff\xff\xff\xff\xff\xff\xff"), 1000));
    cr_assert_not(matroska_is_whole(HEAD(EBML SEGMENT "\x01\xff\xff\xff\xff\xff\xff\xfe"), 1000));
    cr_assert_not(matroska_is_whole(HEAD(EBML SEGMENT "\x01\0\0"), 1000));
    cr_assert_not(matroska_is_whole(HEAD(EBML SEGMENT "\0"), 1000));
    cr_assert_not(matroska_is_whole(HEAD(EBML SEGMENT), 1000));
    cr_assert_not(matroska_is_whole(HEAD(EBML "\x18\x53\x80\x68\x81"), 1000));
    cr_assert_not(
        matroska_is_whole(HEAD("\x1a\x45\xdf\xa3\x01\x7f\xff\xff\xff\xff\xff\xff"), 1000));
    cr_assert_not(matroska_is_whole(HEAD("RIFF"), 1000));
    cr_assert_not(matroska_is_whole(HEAD(""), 0));
}
