// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/encode.h"

#include <criterion/criterion.h>
#include <string.h>

#include "common/err.h"

Test(encode, hex_goes_there_and_back)
{
    unsigned char all[256];
    unsigned char back[256];
    char text[2 * 256 + 1];

    for (int i = 0; i < 256; i++)
        all[i] = (unsigned char)i;
    encode_hex(all, sizeof all, text);
    cr_assert_eq(strlen(text), 512);
    cr_assert(strncmp(text, "000102", 6) == 0 && strcmp(text + 506, "fdfeff") == 0);
    cr_assert_eq(decode_hex(slice_from(text), back, sizeof back), 0);
    cr_assert_arr_eq(back, all, sizeof all);
    cr_assert_eq(decode_hex(slice_from("aBCd"), back, 2), 0);
    cr_assert(back[0] == 0xab && back[1] == 0xcd);
}

Test(encode, hex_of_another_length_or_with_other_characters_is_refused)
{
    static const char *const WRONG[] = {"", "a", "abc", "abcde", "abcg", "ab d", "0xab", "+abc"};
    unsigned char bytes[2];

    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++)
        cr_assert_eq(decode_hex(slice_from(WRONG[i]), bytes, 2), ERR_INVALID, "%s", WRONG[i]);
    cr_assert_eq(decode_hex(slice_from(""), bytes, 0), 0);
}

/* RFC 4648 §10, and bytes that need the last characters of the alphabet. */
static const struct {
    const char *bytes;
    const char *standard;
    const char *url_safe;
} VECTORS[] = {
    {"", "", ""},
    {"f", "Zg==", "Zg"},
    {"fo", "Zm8=", "Zm8"},
    {"foo", "Zm9v", "Zm9v"},
    {"foob", "Zm9vYg==", "Zm9vYg"},
    {"fooba", "Zm9vYmE=", "Zm9vYmE"},
    {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
    {"\xfb\xff\xfe", "+//+", "-__-"},
};

enum { N_VECTORS = sizeof VECTORS / sizeof VECTORS[0] };

Test(encode, base64_vectors)
{
    for (size_t i = 0; i < N_VECTORS; i++) {
        const size_t length = strlen(VECTORS[i].bytes);
        char text[BASE64_SIZE(6)];
        unsigned char back[6];
        size_t n = 99;

        encode_base64(VECTORS[i].bytes, length, text);
        cr_assert_str_eq(text, VECTORS[i].standard);
        encode_base64url(VECTORS[i].bytes, length, text);
        cr_assert_str_eq(text, VECTORS[i].url_safe);
        cr_assert_eq(decode_base64url(slice_from(text), back, sizeof back, &n), 0);
        cr_assert(n == length && memcmp(back, VECTORS[i].bytes, n) == 0);
        cr_assert_eq(decode_base64(slice_from(VECTORS[i].standard), back, sizeof back, &n), 0);
        cr_assert(n == length && memcmp(back, VECTORS[i].bytes, n) == 0);
    }
}

Test(encode, base64_that_is_not_canonical_is_refused)
{
    static const char *const URL_WRONG[] = {"Z",    "Zh",   "Zm9",  "Zg==", "Zm9vY", "Zm 9v",
                                            "+//+", "Zm\n", "Zm8=", "Zmé",  "Zm.v"};
    static const char *const STANDARD_WRONG[] = {"Zg",     "Zg=",  "Zh==",  "Zm9=", "====",
                                                 "Z===",   "=",    "-__-",  "Zm=v", "Zm8=Zm8=",
                                                 "Zm9v\n", "Zg=A", " Zm8=", "A==="};
    unsigned char bytes[8];
    size_t n = 99;

    for (size_t i = 0; i < sizeof URL_WRONG / sizeof URL_WRONG[0]; i++)
        cr_assert_eq(decode_base64url(slice_from(URL_WRONG[i]), bytes, 8, &n), ERR_INVALID, "%s",
                     URL_WRONG[i]);
    for (size_t i = 0; i < sizeof STANDARD_WRONG / sizeof STANDARD_WRONG[0]; i++)
        cr_assert_eq(decode_base64(slice_from(STANDARD_WRONG[i]), bytes, 8, &n), ERR_INVALID, "%s",
                     STANDARD_WRONG[i]);
    cr_assert_eq(decode_base64url(slice_of("Zg\0A", 4), bytes, 8, &n), ERR_INVALID);
    cr_assert_eq(n, 99, "a failure must leave the output alone");
}

Test(encode, base64_never_writes_past_its_room)
{
    unsigned char bytes[4] = {1, 2, 3, 4};
    size_t n = 99;

    cr_assert_eq(decode_base64url(slice_from("Zm9v"), bytes, 2, &n), ERR_TOO_LARGE);
    cr_assert_eq(n, 99);
    cr_assert_eq(bytes[2], 3);
    cr_assert_eq(decode_base64url(slice_from("Zm9v"), bytes, 3, &n), 0);
    cr_assert_eq(n, 3);
}

Test(encode, random_lengths_go_there_and_back)
{
    unsigned char bytes[64];
    unsigned char back[64];
    char text[BASE64_SIZE(64)];
    size_t n;

    for (size_t length = 0; length <= sizeof bytes; length++) {
        for (size_t i = 0; i < length; i++)
            bytes[i] = (unsigned char)(i * 37 + length * 11);
        encode_base64url(bytes, length, text);
        cr_assert_lt(strlen(text), BASE64_SIZE(length));
        cr_assert_eq(decode_base64url(slice_from(text), back, sizeof back, &n), 0);
        cr_assert(n == length && memcmp(back, bytes, n) == 0);
    }
}
