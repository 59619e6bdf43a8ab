// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/message/accept_language.h"

#include <criterion/criterion.h>

static enum http_language wants(const char *value)
{
    return accept_language(slice_from(value));
}

Test(accept_language, takes_what_phones_in_vietnam_send)
{
    cr_assert_eq(wants("vi-VN,vi;q=0.9,en-US;q=0.8,en;q=0.7"), HTTP_VIETNAMESE);
    cr_assert_eq(wants("vi"), HTTP_VIETNAMESE);
    cr_assert_eq(wants("VI-vn"), HTTP_VIETNAMESE);
    cr_assert_eq(wants("fr-FR,fr;q=0.9,vi;q=0.1"), HTTP_VIETNAMESE);
}

Test(accept_language, the_heavier_wins_and_then_the_first)
{
    cr_assert_eq(wants("en;q=0.5, vi;q=0.6"), HTTP_VIETNAMESE);
    cr_assert_eq(wants("vi;q=0.5, en;q=0.6"), HTTP_ENGLISH);
    cr_assert_eq(wants("en, vi"), HTTP_ENGLISH);
    cr_assert_eq(wants("vi, en"), HTTP_VIETNAMESE);
    cr_assert_eq(wants("vi;q=0, en;q=0.1"), HTTP_ENGLISH);
}

Test(accept_language, english_for_programs_and_for_what_is_not_spoken_here)
{
    cr_assert_eq(accept_language(slice_of(NULL, 0)), HTTP_ENGLISH);
    cr_assert_eq(wants(""), HTTP_ENGLISH);
    cr_assert_eq(wants("*"), HTTP_ENGLISH);
    cr_assert_eq(wants("vie, lo"), HTTP_ENGLISH);
    cr_assert_eq(wants("vi;q=x"), HTTP_ENGLISH);
    cr_assert_str_eq(http_language_tag(HTTP_VIETNAMESE), "vi");
    cr_assert_str_eq(http_language_tag(HTTP_ENGLISH), "en");
}
