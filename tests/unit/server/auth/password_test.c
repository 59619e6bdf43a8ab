// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/auth/password.h"

#include <criterion/criterion.h>

#include "common/clock.h"
#include "common/err.h"

Test(password, its_own_hash_verifies_and_others_do_not)
{
    char a[PASSWORD_PHC_SIZE];
    char b[PASSWORD_PHC_SIZE];

    cr_assert_eq(password_hash(slice_from("mật khẩu dài"), a), 0);
    cr_assert_eq(password_hash(slice_from("mật khẩu dài"), b), 0);
    cr_assert_str_neq(a, b, "salted");
    cr_assert(password_verify(slice_from("mật khẩu dài"), a));
    cr_assert_not(password_verify(slice_from("mật khẩu dàI"), a));
    cr_assert_not(password_verify(slice_from(""), a));
}

Test(password, lengths_are_bounded)
{
    char hash[PASSWORD_PHC_SIZE];
    char long_text[200];

    memset(long_text, 'x', sizeof long_text);
    cr_assert_eq(password_hash(slice_from("short"), hash), ERR_INVALID);
    cr_assert_eq(password_hash(slice_of(long_text, 129), hash), ERR_INVALID);
    cr_assert_eq(password_hash(slice_of(long_text, 128), hash), 0);
    cr_assert_not(password_verify(slice_of(long_text, 200), hash));
}

/* An account that does not exist must cost as much as a wrong password: the dummy hash has to be
 * well-formed, or argon2 would give up at once. */
Test(password, an_unknown_account_takes_as_long_as_a_wrong_password)
{
    char hash[PASSWORD_PHC_SIZE];
    int64_t known_ms = INT64_MAX;
    int64_t unknown_ms = INT64_MAX;

    cr_assert_eq(password_hash(slice_from("correct horse"), hash), 0);
    for (int i = 0; i < 5; i++) { /* the fastest of five: the machine is shared */
        int64_t t = clock_monotonic_ms();
        cr_assert_not(password_verify(slice_from("wrong horse"), hash));
        t = clock_monotonic_ms() - t;
        known_ms = t < known_ms ? t : known_ms;
        t = clock_monotonic_ms();
        cr_assert_not(password_verify(slice_from("wrong horse"), NULL));
        t = clock_monotonic_ms() - t;
        unknown_ms = t < unknown_ms ? t : unknown_ms;
    }
    cr_assert_gt(unknown_ms * 3, known_ms, "%ld against %ld ms", (long)unknown_ms, (long)known_ms);
}
