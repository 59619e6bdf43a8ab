// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/package/track_title.h"

static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029;
}

/* Copies the character at the start of text, or what stands for it. Returns its bytes in text, or 0
 * when it is none. */
static size_t take_char(struct slice text, char title[TRACK_TITLE_SIZE], size_t *length)
{
    uint32_t c;
    const size_t n = slice_first_char(text, &c);
    const bool is_blank = n > 0 && (is_control(c) || c == ' ');

    if (is_blank && (*length == 0 || title[*length - 1] == ' '))
        return n;
    if (is_blank || c == '"') {
        title[(*length)++] = is_blank ? ' ' : '\'';
        return n;
    }
    memcpy(title + *length, text.data, n);
    *length += n;
    return n;
}

void track_title_set(struct slice text, char title[TRACK_TITLE_SIZE])
{
    enum { LONGEST_CHAR = 4 };
    size_t length = 0;

    while (text.length > 0 && length + LONGEST_CHAR < TRACK_TITLE_SIZE) {
        const size_t n = take_char(text, title, &length);
        if (n == 0) {
            length = 0;
            break;
        }
        text = slice_skip(text, n);
    }
    while (length > 0 && title[length - 1] == ' ')
        length--;
    title[length] = '\0';
}

bool track_title_is_valid(const char *title)
{
    return slice_is_plain_utf8(slice_from(title)) && !strchr(title, '"');
}
