// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/auth/password.h"

#include <argon2.h>
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

/* "ậ" is one character as Windows types it, two or three as others do. */
Test(password, one_word_is_one_password_however_it_is_typed)
{
    static const char NFC[] = "m\xe1\xba\xadt kh\xe1\xba\xa9u";
    static const char NFD[] = "ma\xcc\xa3\xcc\x82t kha\xcc\x82\xcc\x89u";
    static const char MIXED[] = "m\xc3\xa2\xcc\xa3t kh\xe1\xba\xa9u";
    char hash[PASSWORD_PHC_SIZE];

    cr_assert_eq(password_hash(slice_from(NFD), hash), 0);
    cr_assert_eq(password_verify(slice_from(NFC), hash), PASSWORD_RIGHT);
    cr_assert_eq(password_verify(slice_from(NFD), hash), PASSWORD_RIGHT);
    cr_assert_eq(password_verify(slice_from(MIXED), hash), PASSWORD_RIGHT);
    cr_assert_eq(password_verify(slice_from("mat khau"), hash), PASSWORD_WRONG);
}

Test(password, a_hash_of_another_form_is_accepted_as_it_was_typed)
{
    /* argon2id of the bytes of "ma + dot below + circumflex + t khau!", small cost. */
    static const char NFD[] = "ma\xcc\xa3\xcc\x82t khau!";
    char hash[PASSWORD_PHC_SIZE];

    cr_assert_eq(argon2id_hash_encoded(1, 8, 1, NFD, sizeof NFD - 1, "some salt", 9, 32, hash,
                                       sizeof hash),
                 ARGON2_OK);
    cr_assert_eq(password_verify(slice_from(NFD), hash), PASSWORD_RIGHT_AS_TYPED);
    cr_assert_eq(password_verify(slice_from("m\xe1\xba\xadt khau!"), hash), PASSWORD_WRONG);
}

Test(password, lengths_are_characters_and_nothing_untypable_is_taken)
{
    char hash[PASSWORD_PHC_SIZE];
    char text[3 * 129];

    for (int i = 0; i < 129; i++)
        memcpy(text + (size_t)3 * i, "\xe1\xba\xad", 3);
    cr_assert_null(password_fault(slice_of(text, 3 * 128)));
    cr_assert_not_null(password_fault(slice_of(text, 3 * 129)));
    cr_assert_null(password_fault(slice_of(text, 3 * 8)));
    cr_assert_not_null(password_fault(slice_of(text, 3 * 7)), "21 bytes, 7 characters");
    cr_assert_not_null(password_fault(slice_from("a\xcc\xa3\xcc\x82"
                                                 "bcdefg")),
                       "7 characters");
    cr_assert(strstr(password_fault(slice_of("abcdefgh\0ijk", 12)), "NUL"));
    cr_assert_not_null(password_fault(slice_from("abcdefgh\rij")));
    cr_assert_not_null(password_fault(slice_from("abcdefgh\xff\xfe")));
    cr_assert_eq(password_hash(slice_of("abcdefgh\0ijk", 12), hash), ERR_INVALID);
    cr_assert_not_null(password_fault(slice_of(NULL, 0)));
}
