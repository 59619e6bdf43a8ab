// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/digest.h"

#include <criterion/criterion.h>
#include <string.h>

#include "common/encode.h"
#include "common/err.h"
#include "tests/unit/support/fail_alloc.h"

static const char *hex(const uint8_t *value, size_t length)
{
    static char text[2 * DIGEST_MAX_BYTES + 1];

    encode_hex(value, length, text);
    return text;
}

/* FIPS 180-4's examples. */
static const char SHA256_ABC[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
static const char SHA256_EMPTY[] =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
static const char SHA1_ABC[] = "a9993e364706816aba3e25717850c26c9cd0d89d";

Test(digest, known_values)
{
    uint8_t value[DIGEST_MAX_BYTES];
    CLEANUP(digest_free) struct digest *d = NULL;

    sha256("abc", 3, value);
    cr_assert_str_eq(hex(value, SHA256_BYTES), SHA256_ABC);
    sha256(NULL, 0, value);
    cr_assert_str_eq(hex(value, SHA256_BYTES), SHA256_EMPTY);
    cr_assert_eq(digest_new(DIGEST_SHA1, &d), 0);
    digest_update(d, "abc", 3);
    digest_finish(d, value);
    cr_assert_str_eq(hex(value, SHA1_BYTES), SHA1_ABC);
}

Test(digest, parts_give_the_value_of_the_whole_and_finish_starts_afresh)
{
    uint8_t value[DIGEST_MAX_BYTES];
    CLEANUP(digest_free) struct digest *d = NULL;

    cr_assert_eq(digest_new(DIGEST_SHA256, &d), 0);
    for (int round = 0; round < 2; round++) {
        digest_update(d, "a", 1);
        digest_update(d, NULL, 0);
        digest_update(d, "bc", 2);
        digest_finish(d, value);
        cr_assert_str_eq(hex(value, SHA256_BYTES), SHA256_ABC);
    }
    digest_finish(d, value);
    cr_assert_str_eq(hex(value, SHA256_BYTES), SHA256_EMPTY);
}

Test(digest, hmac_of_rfc_4231)
{
    uint8_t value[SHA256_BYTES];
    uint8_t key[131];

    hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, value);
    cr_assert_str_eq(hex(value, sizeof value),
                     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, sizeof key);
    static const char DATA[] = "Test Using Larger Than Block-Size Key - Hash Key First";
    hmac_sha256(key, sizeof key, DATA, strlen(DATA), value);
    cr_assert_str_eq(hex(value, sizeof value),
                     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

Test(digest, constant_time_comparison_sees_every_byte)
{
    uint8_t a[SHA256_BYTES] = {0};
    uint8_t b[SHA256_BYTES] = {0};

    cr_assert(bytes_equal_constant_time(a, b, sizeof a));
    cr_assert(bytes_equal_constant_time(a, b, 0));
    for (size_t i = 0; i < sizeof a; i++) {
        b[i] = 0x80;
        cr_assert_not(bytes_equal_constant_time(a, b, sizeof a));
        b[i] = 0;
    }
}

Test(digest, freeing_nothing_is_fine)
{
    digest_free(NULL);
}

Test(digest, memory_that_is_short_is_told)
{
    struct digest *d = NULL;

    fail_alloc_start(0);
    cr_assert_eq(digest_new(DIGEST_SHA256, &d), ERR_NO_MEMORY);
    cr_assert(fail_alloc_stop());
    cr_assert_null(d);
}
