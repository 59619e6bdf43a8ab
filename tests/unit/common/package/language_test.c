// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/package/language.h"

#include <criterion/criterion.h>

static const char *tag_of(const char *text)
{
    static char tag[LANGUAGE_SIZE];

    language_tag(slice_from(text), tag);
    return tag;
}

Test(language, containers_codes_become_the_shortest_tags)
{
    cr_assert_str_eq(tag_of("vie"), "vi");
    cr_assert_str_eq(tag_of("ger"), "de");
    cr_assert_str_eq(tag_of("deu"), "de");
    cr_assert_str_eq(tag_of("hmn"), "hmn");
    cr_assert_str_eq(tag_of("EN"), "en");
    cr_assert_str_eq(tag_of("pt_BR"), "pt-br");
    cr_assert_str_eq(tag_of("zho-Hant"), "zh-hant");
}

Test(language, what_is_no_tag_is_not_known)
{
    static const char *const NONE[] = {"",           "und",       "mul",   "x",
                                       "1a",         "v1",        "engl",  "vi-",
                                       "vi--x",      "vi\",X=\"", "vi vn", "vi-toolongsubtag",
                                       "vi-\xe1\xbb"};

    for (size_t i = 0; i < sizeof NONE / sizeof NONE[0]; i++)
        cr_assert_str_eq(tag_of(NONE[i]), "und", "%s", NONE[i]);
}

Test(language, what_does_not_fit_loses_its_end)
{
    cr_assert_str_eq(tag_of("zh-hant-hk-x-a-bcdefgh"), "zh-hant-hk-x-a");
}

Test(language, containers_get_three_letters)
{
    char code[LANGUAGE_ISO_SIZE];

    language_iso_code("vi", code);
    cr_assert_str_eq(code, "vie");
    language_iso_code("pt-br", code);
    cr_assert_str_eq(code, "por");
    language_iso_code("hmn", code);
    cr_assert_str_eq(code, "hmn");
    language_iso_code("xx", code);
    cr_assert_str_eq(code, "und");
}

Test(language, names_are_those_of_the_speakers)
{
    cr_assert_str_eq(language_name("vi"), "Tiếng Việt");
    cr_assert_str_eq(language_name("vi-vn"), "Tiếng Việt");
    cr_assert_str_eq(language_name("und"), "");
    cr_assert_str_eq(language_name("tlh"), "tlh");
}
