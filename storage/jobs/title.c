// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/jobs/title.h"

/* Combining Diacritical Marks: what a phone types behind a letter when it does not compose. */
static bool is_accent(uint32_t c)
{
    return c >= 0x300 && c <= 0x36f;
}

static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f);
}

enum title_fault title_check(struct slice text)
{
    struct slice rest = slice_trim(text);
    enum title_fault fault = rest.length == 0 ? TITLE_EMPTY : TITLE_FINE;
    size_t n_chars = 0;
    uint32_t c = 0;

    if (rest.length >= TITLE_SIZE)
        fault = TITLE_TOO_LONG;
    for (size_t n = 0; rest.length > 0; rest = slice_skip(rest, n)) {
        n = slice_first_char(rest, &c);
        if (n == 0)
            return TITLE_NOT_UTF8;
        if (is_control(c))
            return TITLE_HAS_CONTROLS;
        n_chars += !is_accent(c);
    }
    return n_chars > TITLE_MAX_CHARS ? TITLE_TOO_LONG : fault;
}

struct slice title_cut(struct slice text, size_t max_chars, size_t max_bytes)
{
    struct slice rest = text;
    size_t n_chars = 0;
    size_t n_kept = 0; /* bytes of whole characters, accents included */
    uint32_t c = 0;

    for (size_t n = 0; rest.length > 0; rest = slice_skip(rest, n)) {
        n = slice_first_char(rest, &c);
        if (n == 0)
            break;
        if (!is_accent(c)) {
            n_kept = (size_t)(rest.data - text.data);
            if (n_chars++ == max_chars)
                break;
        }
        if ((size_t)(rest.data - text.data) + n > max_bytes)
            break;
    }
    return rest.length == 0 ? text : slice_of(text.data, n_kept);
}
