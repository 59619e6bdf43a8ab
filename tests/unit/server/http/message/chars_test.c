// SPDX-License-Identifier: GPL-3.0-or-later
#include <criterion/criterion.h>
#include <ctype.h>
#include <string.h>

#include "server/http/message/chars.h"

/* The sets are bit patterns; this says in letters what they hold. */
static void check_set(const struct char_set *set, const char *signs)
{
    for (int c = 0; c < 256; c++) {
        const bool wanted = c < 128 && c != 0 && (isalnum(c) || strchr(signs, c));
        cr_assert_eq(char_in(set, (char)c), wanted, "character %d", c);
    }
}

Test(chars, token_is_that_of_rfc_9110)
{
    check_set(&CHARS_TOKEN, "!#$%&'*+-.^_`|~");
}

Test(chars, path_is_pchar_and_slash_without_percent)
{
    check_set(&CHARS_PATH, "-._~!$&'()*+,;=:@/");
}

Test(chars, query_is_visible_ascii_without_number_sign)
{
    check_set(&CHARS_QUERY, "!\"$%&'()*+,-./:;<=>?@[\\]^_`{|}~");
}

Test(chars, host_is_letters_digits_and_three_signs)
{
    check_set(&CHARS_HOST, "-._");
}

Test(chars, field_value_has_no_control_but_tab)
{
    for (int c = 0; c < 256; c++)
        cr_assert_eq(char_is_field_value((char)c), c == '\t' || (c >= 32 && c != 127), "%d", c);
}

Test(chars, hex_values)
{
    for (int c = 0; c < 256; c++) {
        const char *digits = "0123456789abcdef";
        const char *at = c ? strchr(digits, tolower(c)) : NULL;
        cr_assert_eq(char_hex_value((char)c), c < 128 && at ? at - digits : -1, "%d", c);
    }
}

Test(chars, all_in_needs_at_least_one)
{
    cr_assert_not(chars_all_in(&CHARS_TOKEN, slice_from("")));
    cr_assert(chars_all_in(&CHARS_TOKEN, slice_from("a-b")));
    cr_assert_not(chars_all_in(&CHARS_TOKEN, slice_from("a b")));
}

Test(chars, a_run_ends_where_a_character_alone_would_end_it)
{
    char text[40];

    for (int c = 0; c < 256; c++) {
        for (size_t at = 0; at < 20; at++) {
            memset(text, 'x', sizeof text);
            text[at] = (char)c;
            text[at + 1] = (char)0xff; /* next to a control: borrows must not hide or invent one */
            const bool ends = !char_is_field_value((char)c) || c == '\t';
            cr_assert_eq(chars_plain_run(slice_of(text, 37)), ends ? at : 37, "0x%02x at %zu", c,
                         at);
            cr_assert_eq(chars_are_field_value(slice_of(text, 37)), char_is_field_value((char)c),
                         "0x%02x at %zu", c, at);
        }
    }
    cr_assert_eq(chars_plain_run(slice_of(text, 0)), 0);
}

Test(chars, a_span_is_the_longest_start_within_the_set)
{
    cr_assert_eq(chars_span(&CHARS_TOKEN, slice_from("abc def")), 3);
    cr_assert_eq(chars_span(&CHARS_TOKEN, slice_from(" abc")), 0);
    cr_assert_eq(chars_span(&CHARS_TOKEN, slice_from("abc")), 3);
}
