// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/cmaf/av1.h"

#include <criterion/criterion.h>

#include "common/err.h"

/* The sequence header of a stream of 128x96 that libaom 3.6 made: level 2.0, BT.709, left chroma.
 */
static const char HEADER[] = "\x0a\x0d\x00\x00\x00\x03\x37\xfb\xe6\xd7\xc0\x80\x80\x80\x92";

static struct buf out;

static void set_up(void)
{
    out = buf_with_limit(1024);
}

static void tear_down(void)
{
    buf_clear(&out);
}

TestSuite(av1, .init = set_up, .fini = tear_down);

static struct slice header(void)
{
    return slice_of(HEADER, sizeof HEADER - 1);
}

Test(av1, the_configuration_repeats_the_sequence_header)
{
    char text[AV1_CODECS_SIZE];

    cr_assert_eq(av1_config_append(header(), &out), 0);
    cr_assert_eq(out.length, 4 + sizeof HEADER - 1);
    cr_assert_arr_eq(out.data, "\x81\x00\x0d\x00", 4);
    cr_assert_arr_eq(out.data + 4, HEADER, sizeof HEADER - 1);
    av1_codecs_text(buf_slice(&out), text);
    cr_assert_str_eq(text, "av01.0.00M.08");
}

Test(av1, the_codecs_text_has_profile_level_and_tier)
{
    char text[AV1_CODECS_SIZE];

    av1_codecs_text(slice_of("\x81\x05\x0c\0", 4), text);
    cr_assert_str_eq(text, "av01.0.05M.08");
    av1_codecs_text(slice_of("\x81\x0d\x8c\0", 4), text);
    cr_assert_str_eq(text, "av01.0.13H.08");
}

Test(av1, samples_have_no_delimiters_and_no_padding)
{
    static const char UNIT[] = "\x12\x00"
                               "\x7a\x02xx"
                               "\x0a\x01h"
                               "\x36\x00\x03ide" /* a frame, with an extension */
                               "\x32\x01"
                               "f";

    cr_assert_eq(av1_sample_append(slice_of(UNIT, sizeof UNIT - 1), &out), 0);
    cr_assert(slice_equals(buf_slice(&out), slice_of("\x0a\x01h\x36\x00\x03ide\x32\x01"
                                                     "f",
                                                     12)));
}

Test(av1, sizes_may_take_more_than_one_byte)
{
    char unit[3 + 200] = "\x32\xc8\x01";
    struct slice rest = slice_of(unit, sizeof unit);
    struct av1_obu obu;

    cr_assert_eq(av1_next_obu(&rest, &obu), 0);
    cr_assert_eq(obu.payload.length, 200);
    cr_assert_eq(obu.whole.length, 203);
    cr_assert_eq(av1_next_obu(&rest, &obu), ERR_NOT_FOUND);
}

Test(av1, what_is_no_unit_is_refused)
{
    cr_assert_eq(av1_sample_append(slice_of("\x30\x01", 2), &out), ERR_INVALID, "no size");
    cr_assert_eq(av1_sample_append(slice_of("\x32\x05zz", 4), &out), ERR_INVALID, "cut off");
    cr_assert_eq(av1_sample_append(slice_of("\xb2\x00", 2), &out), ERR_INVALID, "forbidden bit");
    cr_assert_eq(av1_sample_append(slice_of("\x32\xff\xff\xff\xff\x01", 6), &out), ERR_INVALID);
    cr_assert_eq(av1_config_append(slice_of("\x32\x00", 2), &out), ERR_INVALID, "no header");
}

Test(av1, a_stream_of_another_kind_is_refused)
{
    char changed[sizeof HEADER - 1];

    for (size_t n = 2; n < sizeof HEADER - 1; n++) {
        memcpy(changed, HEADER, sizeof changed);
        changed[1] = (char)(n - 2);
        cr_assert_eq(av1_config_append(slice_of(changed, n), &out), ERR_INVALID, "%zu", n);
    }
    memcpy(changed, HEADER, sizeof changed);
    changed[2] = 0x20; /* profile High */
    cr_assert_eq(av1_config_append(slice_of(changed, sizeof changed), &out), ERR_INVALID);
    changed[2] = 0x04; /* timing information */
    cr_assert_eq(av1_config_append(slice_of(changed, sizeof changed), &out), ERR_INVALID);
}
