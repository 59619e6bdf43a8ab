// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/captions/caption_charset.h"

#include <criterion/criterion.h>

static enum caption_charset judge(const char *text)
{
    struct caption_census census = {0};

    caption_census_add(&census, slice_from(text));
    return caption_census_judge(&census);
}

/* "Tiếng Việt: đường, lửa, mặt trời" */
#define VIETNAMESE                               \
    "Ti\xea\xecng Vi\xea\xf2t: \xf0\xfd\xf5\xcc" \
    "ng, l\xfd\xd2"                              \
    "a, m\xe3\xf2t tr\xf5\xcci"

Test(caption_charset, windows_1258_is_recognised_by_its_letters)
{
    cr_assert_eq(judge("Tiếng Việt"), CHARSET_UTF8);
    cr_assert_eq(judge("plain"), CHARSET_UTF8);
    cr_assert_eq(judge(VIETNAMESE), CHARSET_WINDOWS_1258);
}

Test(caption_charset, other_languages_are_not_taken_for_vietnamese)
{
    cr_assert_eq(judge("o\xf9 \xeates-vous, gar\xe7on, d\xe9j\xe0"), CHARSET_UNKNOWN, "French");
    cr_assert_eq(judge("pu\xf2, perci\xf2, cos\xec, citt\xe0"), CHARSET_UNKNOWN, "Italian");
    cr_assert_eq(judge("li\xe7\xf5"
                       "es, n\xe3o, p\xe3o, av\xf4"),
                 CHARSET_UNKNOWN, "Portuguese");
    cr_assert_eq(judge("Ti\xd5ng Vi\xd6t \xae\xad\xeang"), CHARSET_UNKNOWN, "TCVN3");
    cr_assert_eq(judge("\xcf\xf0\xe8\xe2\xe5\xf2, \xec\xe8\xf0"), CHARSET_UNKNOWN, "Russian");
}

Test(caption_charset, tones_join_their_vowels)
{
    struct buf out = buf_with_limit(1000);

    caption_append_1258(slice_from(VIETNAMESE), &out);
    cr_assert(slice_is(buf_slice(&out), "Tiếng Việt: đường, lửa, mặt trời"), "%.*s",
              SLICE_ARGS(buf_slice(&out)));
    buf_reset(&out);
    caption_append_1258(slice_from("\x93"
                                   "A\xcc\x94 \x85 \xd0\xca\xde x\xec"),
                        &out);
    cr_assert(slice_is(buf_slice(&out), "“À” … ĐỄ x\xcc\x81"), "%.*s", SLICE_ARGS(buf_slice(&out)));
    buf_clear(&out);
}
