// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/cmaf/avc.h"

#include <criterion/criterion.h>

#include "common/err.h"

#define BYTES(text) slice_of(text, sizeof text - 1)

static const struct avc_clock CLOCK = {400, 10000};

static const char SETS[] = "\0\0\0\1\x67\x64\0\x1f\xac\0\0\1\x68\xeb\xec";

Test(avc, nal_units_are_cut_at_both_kinds_of_start_code)
{
    struct slice rest = BYTES("\0\0\0\1\x67\xaa\0\0\1\x68\xbb\0\0\0\1\x65\xcc");
    struct slice nal;

    cr_assert(avc_next_nal(&rest, &nal));
    cr_assert(slice_equals(nal, BYTES("\x67\xaa")));
    cr_assert(avc_next_nal(&rest, &nal));
    cr_assert(slice_equals(nal, BYTES("\x68\xbb")));
    cr_assert(avc_next_nal(&rest, &nal));
    cr_assert(slice_equals(nal, BYTES("\x65\xcc")));
    cr_assert_not(avc_next_nal(&rest, &nal));
}

Test(avc, bytes_without_a_start_code_hold_no_unit)
{
    struct slice rest = BYTES("\0\0\2\x67");
    struct slice nal;

    cr_assert_not(avc_next_nal(&rest, &nal));
    rest = (struct slice){0};
    cr_assert_not(avc_next_nal(&rest, &nal));
    rest = BYTES("\0\0\1\0\0\1");
    cr_assert_not(avc_next_nal(&rest, &nal), "empty units are none");
}

Test(avc, the_configuration_record_has_profile_sets_and_chroma)
{
    CLEANUP(buf_clear) struct buf out = buf_with_limit(100);
    char text[AVC_CODECS_SIZE];

    cr_assert_eq(avc_config_append(BYTES(SETS), &CLOCK, &out), 0);
    cr_assert(slice_equals(buf_slice(&out),
                           BYTES("\1\x64\0\x1f\xff\xe1\0\5\x67\x64\0\x1f\xac\1\0\3\x68\xeb\xec"
                                 "\xfd\xf8\xf8\0")));
    avc_codecs_text(buf_slice(&out), text);
    cr_assert_str_eq(text, "avc1.64001f");
}

Test(avc, two_parameter_sets_of_a_kind_or_none_are_refused)
{
    CLEANUP(buf_clear) struct buf out = buf_with_limit(100);

    cr_assert_eq(avc_config_append(BYTES("\0\0\1\x67\x64\0\x1f"), &CLOCK, &out), ERR_INVALID);
    cr_assert_eq(avc_config_append(BYTES("\0\0\1\x67\x64\0\x1f\0\0\1\x67\x64\0\x1f\0\0\1\x68\1"),
                                   &CLOCK, &out),
                 ERR_INVALID);
    cr_assert_eq(out.length, 0);
}

Test(avc, a_sample_has_lengths_and_neither_sets_nor_sei)
{
    CLEANUP(buf_clear) struct buf out = buf_with_limit(100);

    avc_sample_append(BYTES("\0\0\1\x06\5\1\0\0\1\x67\x64\0\0\1\x68\1\0\0\0\1\x65\x88\x84"), &out);
    cr_assert(slice_equals(buf_slice(&out), BYTES("\0\0\0\3\x65\x88\x84")));
}
