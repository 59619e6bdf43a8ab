// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/message/chars.h"

const struct char_set CHARS_TOKEN = {{0x03ff6cfa00000000, 0x57ffffffc7fffffe}};
const struct char_set CHARS_PATH = {{0x2fffffd200000000, 0x47fffffe87ffffff}};
const struct char_set CHARS_QUERY = {{0xfffffff600000000, 0x7fffffffffffffff}};
const struct char_set CHARS_HOST = {{0x03ff600000000000, 0x07fffffe87fffffe}};

size_t chars_span(const struct char_set *set, struct slice s)
{
    size_t i = 0;

    while (i < s.length && char_in(set, s.data[i]))
        i++;
    return i;
}

bool chars_all_in(const struct char_set *set, struct slice s)
{
    return s.length > 0 && chars_span(set, s) == s.length;
}

/* Whether one of the word's bytes is below 0x20 or is 0x7f. Subtracting from each byte borrows into
 * its top bit where the byte is smaller; a byte whose top bit was set before does not count. */
static bool has_control(uint64_t word)
{
    const uint64_t ones = 0x0101010101010101;
    const uint64_t tops = 0x80 * ones;
    const uint64_t without_delete = word ^ 0x7f * ones; /* 0 where it was 0x7f */

    return ((word - 0x20 * ones) & ~word & tops) != 0 ||
           ((without_delete - ones) & ~without_delete & tops) != 0;
}

size_t chars_plain_run(struct slice s)
{
    uint64_t word = 0;
    size_t i = 0;

    for (; i + sizeof word <= s.length; i += sizeof word) {
        memcpy(&word, s.data + i, sizeof word);
        if (has_control(word))
            break;
    }
    while (i < s.length && s.data[i] != '\t' && char_is_field_value(s.data[i]))
        i++;
    return i;
}

bool chars_are_field_value(struct slice s)
{
    for (size_t i = chars_plain_run(s); i < s.length; i++) {
        if (!char_is_field_value(s.data[i]))
            return false;
    }
    return true;
}
