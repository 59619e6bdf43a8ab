// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/auth/session_token.h"

#include <criterion/criterion.h>

#include "common/err.h"

Test(session_token, a_token_hashes_to_what_was_stored)
{
    char text[SESSION_TOKEN_SIZE];
    uint8_t stored[SHA256_BYTES];
    uint8_t computed[SHA256_BYTES];

    session_token_new(text, stored);
    cr_assert_eq(strlen(text), 43);
    cr_assert_eq(session_token_hash(slice_from(text), computed), 0);
    cr_assert_arr_eq(stored, computed, SHA256_BYTES);
}

Test(session_token, what_cannot_be_a_token_is_refused)
{
    uint8_t hash[SHA256_BYTES];

    cr_assert_eq(session_token_hash(slice_from(""), hash), ERR_INVALID);
    cr_assert_eq(session_token_hash(slice_from("short"), hash), ERR_INVALID);
    cr_assert_eq(session_token_hash(slice_from("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA!"),
                                    hash),
                 ERR_INVALID);
}

Test(session_token, the_cookie_is_guarded)
{
    char cookie[SESSION_COOKIE_SIZE];

    session_cookie_format("abc", 60, true, cookie);
    cr_assert_str_eq(cookie,
                     "banmai_session=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure");
    session_cookie_format("", 60, false, cookie);
    cr_assert_str_eq(cookie, "banmai_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
}
