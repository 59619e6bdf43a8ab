// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/check/webp_reader.h"

#include <string.h>

#include "common/err.h"

static uint32_t little_endian(struct slice s, size_t at, size_t n)
{
    uint32_t value = 0;

    for (size_t i = n; i-- > 0;)
        value = value << 8 | (uint8_t)s.data[at + i];
    return value;
}

/* RIFF, its size, "WEBP", one chunk "VP8 " and its size, and in it a key frame's header of ten
 * bytes (RFC 6386 §9.1): three of tag, a start code, 14 bits of width and of height. */
int webp_read_size(struct slice bytes, struct webp_size *ret_size)
{
    enum { RIFF = 8, CHUNK = 20, HEAD = 30, SIDE = 0x3fff };

    if (bytes.length < HEAD || memcmp(bytes.data, "RIFF", 4) != 0 ||
        memcmp(bytes.data + RIFF, "WEBPVP8 ", 8) != 0 ||
        little_endian(bytes, 4, 4) != bytes.length - RIFF)
        return ERR_INVALID;
    const uint32_t chunk = little_endian(bytes, CHUNK - 4, 4);
    if (chunk > bytes.length - CHUNK || bytes.length - CHUNK - chunk > 1 ||
        (bytes.data[CHUNK] & 1) != 0 || memcmp(bytes.data + CHUNK + 3, "\x9d\x01\x2a", 3) != 0)
        return ERR_INVALID;
    const struct webp_size size = {.width = little_endian(bytes, HEAD - 4, 2) & SIDE,
                                   .height = little_endian(bytes, HEAD - 2, 2) & SIDE};
    if (size.width == 0 || size.height == 0)
        return ERR_INVALID;
    *ret_size = size;
    return 0;
}
