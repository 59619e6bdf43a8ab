// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/captions/caption_charset.h"

#include <stdbool.h>
#include <string.h>

enum { N_TONES = 5, N_VOWELS = 24, HIGH = 0x80, LATIN_1 = 0xa0 };

/* windows-1258 where it is not Latin-1. */
static const uint16_t PUNCTUATION[LATIN_1 - HIGH] = {0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026,
                                                     0x2020, 0x2021, 0x02c6, 0x2030, 0xfffd, 0x2039,
                                                     0x0152, 0xfffd, 0xfffd, 0xfffd, 0xfffd, 0x2018,
                                                     0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                                     0x02dc, 0x2122, 0xfffd, 0x203a, 0x0153, 0xfffd,
                                                     0xfffd, 0x0178};

static const struct {
    uint8_t byte;
    uint16_t character;
} OTHERS[] = {{0xc3, 0x102}, {0xcc, 0x300}, {0xd0, 0x110}, {0xd2, 0x309}, {0xd5, 0x1a0},
              {0xdd, 0x1af}, {0xde, 0x303}, {0xe3, 0x103}, {0xec, 0x301}, {0xf0, 0x111},
              {0xf2, 0x323}, {0xf5, 0x1a1}, {0xfd, 0x1b0}, {0xfe, 0x20ab}};

/* Marks of the tones in the order of VOWELS' columns: grave, hook above, tilde, acute, dot below.
 */
static const uint16_t TONES[N_TONES] = {0x300, 0x309, 0x303, 0x301, 0x323};

static const uint16_t VOWELS[N_VOWELS][1 + N_TONES] = {
    {'a', 0xe0, 0x1ea3, 0xe3, 0xe1, 0x1ea1},
    {0x103, 0x1eb1, 0x1eb3, 0x1eb5, 0x1eaf, 0x1eb7},
    {0xe2, 0x1ea7, 0x1ea9, 0x1eab, 0x1ea5, 0x1ead},
    {'e', 0xe8, 0x1ebb, 0x1ebd, 0xe9, 0x1eb9},
    {0xea, 0x1ec1, 0x1ec3, 0x1ec5, 0x1ebf, 0x1ec7},
    {'i', 0xec, 0x1ec9, 0x129, 0xed, 0x1ecb},
    {'o', 0xf2, 0x1ecf, 0xf5, 0xf3, 0x1ecd},
    {0xf4, 0x1ed3, 0x1ed5, 0x1ed7, 0x1ed1, 0x1ed9},
    {0x1a1, 0x1edd, 0x1edf, 0x1ee1, 0x1edb, 0x1ee3},
    {'u', 0xf9, 0x1ee7, 0x169, 0xfa, 0x1ee5},
    {0x1b0, 0x1eeb, 0x1eed, 0x1eef, 0x1ee9, 0x1ef1},
    {'y', 0x1ef3, 0x1ef7, 0x1ef9, 0xfd, 0x1ef5},
    {'A', 0xc0, 0x1ea2, 0xc3, 0xc1, 0x1ea0},
    {0x102, 0x1eb0, 0x1eb2, 0x1eb4, 0x1eae, 0x1eb6},
    {0xc2, 0x1ea6, 0x1ea8, 0x1eaa, 0x1ea4, 0x1eac},
    {'E', 0xc8, 0x1eba, 0x1ebc, 0xc9, 0x1eb8},
    {0xca, 0x1ec0, 0x1ec2, 0x1ec4, 0x1ebe, 0x1ec6},
    {'I', 0xcc, 0x1ec8, 0x128, 0xcd, 0x1eca},
    {'O', 0xd2, 0x1ece, 0xd5, 0xd3, 0x1ecc},
    {0xd4, 0x1ed2, 0x1ed4, 0x1ed6, 0x1ed0, 0x1ed8},
    {0x1a0, 0x1edc, 0x1ede, 0x1ee0, 0x1eda, 0x1ee2},
    {'U', 0xd9, 0x1ee6, 0x168, 0xda, 0x1ee4},
    {0x1af, 0x1eea, 0x1eec, 0x1eee, 0x1ee8, 0x1ef0},
    {'Y', 0x1ef2, 0x1ef6, 0x1ef8, 0xdd, 0x1ef4}};

static uint32_t decode(uint8_t byte)
{
    if (byte < HIGH)
        return byte;
    if (byte < LATIN_1)
        return PUNCTUATION[byte - HIGH];
    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++) {
        if (OTHERS[i].byte == byte)
            return OTHERS[i].character;
    }
    return byte;
}

/* The vowel with that tone, or 0 when the two are none. */
static uint32_t compose(uint32_t vowel, uint32_t mark)
{
    for (size_t i = 0; i < N_VOWELS; i++) {
        for (size_t k = 0; VOWELS[i][0] == vowel && k < N_TONES; k++) {
            if (TONES[k] == mark)
                return VOWELS[i][1 + k];
        }
    }
    return 0;
}

/* Letters that are written in one piece in windows-1258, and the marks. */
static bool is_vietnamese(uint32_t c)
{
    for (size_t i = 0; i < N_VOWELS; i++) {
        for (size_t k = 0; k <= N_TONES; k++) {
            if (VOWELS[i][k] == c)
                return true;
        }
    }
    return c == 0x110 || c == 0x111 || c == 0x20ab || (c >= 0x2010 && c <= 0x203a) || c == 0xa0 ||
           c == 0xab || c == 0xbb || c == 0xb0;
}

/* A bit for each of the letters that other languages do not have there: d with a stroke, u and o
 * with a horn, a breve. */
static uint32_t letter_bit(uint32_t c)
{
    switch (c) {
    case 0x110:
    case 0x111:
        return 1;
    case 0x1af:
    case 0x1b0:
        return 2;
    case 0x1a0:
    case 0x1a1:
        return 4;
    case 0x102:
    case 0x103:
        return 8;
    default:
        return 0;
    }
}

static bool is_utf8(struct slice text)
{
    uint32_t c;

    for (size_t n; text.length > 0; text = slice_skip(text, n)) {
        n = slice_first_char(text, &c);
        if (n == 0)
            return false;
    }
    return true;
}

void caption_census_add(struct caption_census *census, struct slice text)
{
    uint32_t before = 0;

    if (is_utf8(text))
        return;
    census->n_not_utf8++;
    for (size_t i = 0; i < text.length; i++) {
        const uint32_t c = decode((uint8_t)text.data[i]);
        const bool is_tone = before && compose(before, c) > 0;
        before = c;
        if (c < HIGH)
            continue;
        census->n_high++;
        census->n_tones += is_tone;
        census->n_foreign += !is_tone && !is_vietnamese(c);
        census->letters |= letter_bit(c);
    }
}

enum caption_charset caption_census_judge(const struct caption_census *census)
{
    const bool has_two_letters = (census->letters & (census->letters - 1)) != 0;

    if (census->n_not_utf8 == 0)
        return CHARSET_UTF8;
    return census->n_foreign * 50 <= census->n_high && census->n_tones > 0 && has_two_letters
               ? CHARSET_WINDOWS_1258
               : CHARSET_UNKNOWN;
}

static void put_utf8(struct buf *out, uint32_t c)
{
    if (c < 0x80) {
        buf_append_char(out, (char)c);
    } else if (c < 0x800) {
        buf_append_char(out, (char)(0xc0 | c >> 6));
        buf_append_char(out, (char)(0x80 | (c & 63)));
    } else {
        buf_append_char(out, (char)(0xe0 | c >> 12));
        buf_append_char(out, (char)(0x80 | (c >> 6 & 63)));
        buf_append_char(out, (char)(0x80 | (c & 63)));
    }
}

void caption_append_1258(struct slice text, struct buf *out)
{
    for (size_t i = 0; i < text.length; i++) {
        uint32_t c = decode((uint8_t)text.data[i]);
        const uint32_t next = i + 1 < text.length ? decode((uint8_t)text.data[i + 1]) : 0;
        const uint32_t composed = compose(c, next);
        if (composed > 0) {
            c = composed;
            i++;
        }
        put_utf8(out, c);
    }
}
