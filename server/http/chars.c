// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/chars.h"

const struct char_set CHARS_TOKEN = {{0x03ff6cfa00000000, 0x57ffffffc7fffffe}};
const struct char_set CHARS_PATH = {{0x2fffffd200000000, 0x47fffffe87ffffff}};
const struct char_set CHARS_QUERY = {{0xfffffff600000000, 0x7fffffffffffffff}};
const struct char_set CHARS_HOST = {{0x03ff600000000000, 0x07fffffe87fffffe}};

bool chars_all_in(const struct char_set *set, struct slice s)
{
    for (size_t i = 0; i < s.length; i++) {
        if (!char_in(set, s.data[i]))
            return false;
    }
    return s.length > 0;
}
