// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/h2/frame_count.h"

#include <criterion/criterion.h>
#include <string.h>

static const char PREFACE[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/* The preface, an empty frame, one of 300 bytes that look like heads, and the beginning of a head.
 */
static size_t make_input(uint8_t input[512])
{
    static const uint8_t EMPTY[9] = {0, 0, 0, 0xfa};
    static const uint8_t LONG[9] = {0, 1, 44, 0x42, 0xff, 0xff, 0xff, 0xff, 0xff};
    size_t n = sizeof PREFACE - 1;

    memcpy(input, PREFACE, n);
    memcpy(input + n, EMPTY, 9);
    memcpy(input + n + 9, LONG, 9);
    memset(input + n + 18, 0, 300);
    memset(input + n + 318, 0, 8);
    return n + 326;
}

Test(frame_count, counts_the_same_however_the_bytes_are_cut)
{
    uint8_t input[512];
    const size_t length = make_input(input);

    for (size_t piece = 1; piece <= length; piece++) {
        struct frame_count c;
        uint32_t n = 0;
        frame_count_init(&c);
        for (size_t at = 0; at < length; at += piece)
            n += frame_count_add(&c, input + at, at + piece < length ? piece : length - at);
        cr_assert_eq(n, 2, "in pieces of %zu", piece);
        cr_assert_eq(frame_count_add(&c, input + length - 1, 1), 1, "in pieces of %zu", piece);
    }
}
