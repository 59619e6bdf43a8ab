// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/slice.h"

#include "common/err.h"

static char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool slice_equals_nocase(struct slice a, struct slice b)
{
    if (a.length != b.length)
        return false;
    for (size_t i = 0; i < a.length; i++) {
        if (ascii_lower(a.data[i]) != ascii_lower(b.data[i]))
            return false;
    }
    return true;
}

bool slice_starts_with(struct slice s, const char *prefix)
{
    const size_t length = strlen(prefix);

    return s.length >= length && (length == 0 || memcmp(s.data, prefix, length) == 0);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

struct slice slice_trim(struct slice s)
{
    while (s.length > 0 && is_blank(s.data[0]))
        s = slice_skip(s, 1);
    while (s.length > 0 && is_blank(s.data[s.length - 1]))
        s.length--;
    return s;
}

struct slice slice_split(struct slice *rest, char separator)
{
    const struct slice whole = *rest;
    const char *cut = whole.length > 0 ? memchr(whole.data, separator, whole.length) : NULL;

    if (!cut) {
        *rest = slice_of(NULL, 0);
        return whole;
    }
    const size_t before = (size_t)(cut - whole.data);
    *rest = slice_of(cut + 1, whole.length - before - 1);
    return slice_of(whole.data, before);
}

int slice_to_u64(struct slice s, uint64_t *ret_value)
{
    uint64_t value = 0;

    if (s.length == 0 || s.length > 20)
        return ERR_INVALID;
    for (size_t i = 0; i < s.length; i++) {
        if (s.data[i] < '0' || s.data[i] > '9')
            return ERR_INVALID;
        const uint64_t digit = (uint64_t)(s.data[i] - '0');
        if (__builtin_mul_overflow(value, (uint64_t)10, &value) ||
            __builtin_add_overflow(value, digit, &value))
            return ERR_TOO_LARGE;
    }
    *ret_value = value;
    return 0;
}

int slice_to_i64(struct slice s, int64_t *ret_value)
{
    const bool is_negative = s.length > 0 && s.data[0] == '-';
    uint64_t value;
    const int err = slice_to_u64(slice_skip(s, is_negative), &value);

    if (err)
        return err;
    if (value > INT64_MAX)
        return ERR_TOO_LARGE;
    *ret_value = is_negative ? -(int64_t)value : (int64_t)value;
    return 0;
}

int slice_to_cstr(struct slice s, char *buffer, size_t size)
{
    if (s.length >= size)
        return ERR_TOO_LARGE;
    if (s.length > 0 && memchr(s.data, '\0', s.length))
        return ERR_INVALID;
    if (s.length > 0)
        memcpy(buffer, s.data, s.length);
    buffer[s.length] = '\0';
    return 0;
}

/* Length that the first byte of a character promises, 0 for a byte that starts none. */
static size_t utf8_length(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if ((first & 0xe0) == 0xc0)
        return 2;
    if ((first & 0xf0) == 0xe0)
        return 3;
    return (first & 0xf8) == 0xf0 ? 4 : 0;
}

size_t slice_first_char(struct slice s, uint32_t *ret_char)
{
    static const uint32_t SMALLEST[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *bytes = (const unsigned char *)s.data;
    const size_t n = s.length > 0 ? utf8_length(bytes[0]) : 0;

    if (n == 0 || s.length < n)
        return 0;
    uint32_t value = n == 1 ? bytes[0] : bytes[0] & (0x7fU >> n);
    for (size_t i = 1; i < n; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (bytes[i] & 0x3f);
    }
    if (value < SMALLEST[n] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return 0;
    *ret_char = value;
    return n;
}

bool slice_is_plain_utf8(struct slice s)
{
    while (s.length > 0) {
        uint32_t value = 0;
        const size_t n = slice_first_char(s, &value);
        if (n == 0 || value < 0x20 || (value >= 0x7f && value <= 0x9f))
            return false;
        s = slice_skip(s, n);
    }
    return true;
}
