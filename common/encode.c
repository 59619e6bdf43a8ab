// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/encode.h"

#include "common/err.h"

static const char STANDARD[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char URL_SAFE[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void encode_hex(const void *data, size_t length, char *text)
{
    static const char DIGITS[] = "0123456789abcdef";
    const unsigned char *bytes = data;

    for (size_t i = 0; i < length; i++) {
        text[2 * i] = DIGITS[bytes[i] >> 4];
        text[2 * i + 1] = DIGITS[bytes[i] & 15];
    }
    text[2 * length] = '\0';
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

int decode_hex(struct slice text, void *data, size_t size)
{
    unsigned char *bytes = data;

    if (text.length != 2 * size)
        return ERR_INVALID;
    for (size_t i = 0; i < size; i++) {
        const int high = hex_value(text.data[2 * i]);
        const int low = hex_value(text.data[2 * i + 1]);
        if (high < 0 || low < 0)
            return ERR_INVALID;
        bytes[i] = (unsigned char)(high << 4 | low);
    }
    return 0;
}

/* Writes text without padding and returns its end. */
static char *encode_bits(const char *alphabet, const void *data, size_t length, char *text)
{
    const unsigned char *bytes = data;
    uint32_t bits = 0;
    int n_bits = 0;

    for (size_t i = 0; i < length; i++) {
        bits = bits << 8 | bytes[i];
        n_bits += 8;
        while (n_bits >= 6) {
            n_bits -= 6;
            *text++ = alphabet[bits >> n_bits & 63];
        }
    }
    if (n_bits > 0)
        *text++ = alphabet[bits << (6 - n_bits) & 63];
    return text;
}

void encode_base64url(const void *data, size_t length, char *text)
{
    *encode_bits(URL_SAFE, data, length, text) = '\0';
}

void encode_base64(const void *data, size_t length, char *text)
{
    char *end = encode_bits(STANDARD, data, length, text);

    while ((end - text) % 4 != 0)
        *end++ = '=';
    *end = '\0';
}

static int base64_value(const char *alphabet, char c)
{
    const char *at = c ? strchr(alphabet, c) : NULL;

    return at ? (int)(at - alphabet) : -1;
}

/* Decodes text without padding. */
static int decode_bits(const char *alphabet, struct slice text, unsigned char *data, size_t size,
                       size_t *ret_length)
{
    uint32_t bits = 0;
    int n_bits = 0;
    size_t length = 0;

    if (text.length % 4 == 1)
        return ERR_INVALID;
    for (size_t i = 0; i < text.length; i++) {
        const int value = base64_value(alphabet, text.data[i]);
        if (value < 0)
            return ERR_INVALID;
        bits = bits << 6 | (uint32_t)value;
        n_bits += 6;
        if (n_bits < 8)
            continue;
        n_bits -= 8;
        if (length == size)
            return ERR_TOO_LARGE;
        data[length++] = (unsigned char)(bits >> n_bits);
    }
    if (n_bits > 0 && (bits & ((1U << n_bits) - 1)) != 0)
        return ERR_INVALID;
    *ret_length = length;
    return 0;
}

int decode_base64url(struct slice text, void *data, size_t size, size_t *ret_length)
{
    return decode_bits(URL_SAFE, text, data, size, ret_length);
}

int decode_base64(struct slice text, void *data, size_t size, size_t *ret_length)
{
    if (text.length % 4 != 0)
        return ERR_INVALID;
    for (int i = 0; i < 2 && text.length > 0 && text.data[text.length - 1] == '='; i++)
        text.length--;
    return decode_bits(STANDARD, text, data, size, ret_length);
}
