// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/check/jpeg_reader.h"

#include <stdbool.h>

#include "common/err.h"
#include "transcoder/check/big_endian.h"

/* The second byte of markers; the first is 0xff. */
enum {
    SOF_BASELINE = 0xc0,
    SOF_EXTENDED = 0xc1,
    SOF_PROGRESSIVE = 0xc2,
    START_OF_IMAGE = 0xd8,
    END_OF_IMAGE = 0xd9,
    START_OF_SCAN = 0xda,
};

static bool is_marker(struct slice s, size_t at, uint32_t marker)
{
    return u16_at(s, at) == (0xff00 | marker);
}

/* A frame header: precision, height, width, number of components, three bytes for each. */
static int read_frame(struct slice segment, struct jpeg_size *ret_size)
{
    enum { HEAD = 6, COMPONENT = 3 };

    if (segment.length < HEAD)
        return ERR_INVALID;
    const uint32_t n = u8_at(segment, 5);
    const struct jpeg_size size = {.width = u16_at(segment, 3), .height = u16_at(segment, 1)};
    if (u8_at(segment, 0) != 8 || (n != 1 && n != 3) || segment.length != HEAD + COMPONENT * n ||
        size.width == 0 || size.height == 0)
        return ERR_INVALID;
    *ret_size = size;
    return 0;
}

int jpeg_read_size(struct slice bytes, struct jpeg_size *ret_size)
{
    struct jpeg_size size = {0};
    size_t at = 2;

    if (bytes.length < 4 || !is_marker(bytes, 0, START_OF_IMAGE) ||
        !is_marker(bytes, bytes.length - 2, END_OF_IMAGE))
        return ERR_INVALID;
    while (bytes.length - at > 4) {
        const uint32_t marker = u8_at(bytes, at + 1);
        const size_t length = u16_at(bytes, at + 2);
        if (u8_at(bytes, at) != 0xff || length < 2 || length > bytes.length - at - 2)
            return ERR_INVALID;
        const struct slice segment = slice_of(bytes.data + at + 4, length - 2);
        if (marker == START_OF_SCAN) {
            if (size.width == 0)
                return ERR_INVALID;
            *ret_size = size;
            return 0;
        }
        if ((marker == SOF_BASELINE || marker == SOF_EXTENDED || marker == SOF_PROGRESSIVE) &&
            read_frame(segment, &size))
            return ERR_INVALID;
        at += 2 + length;
    }
    return ERR_INVALID;
}
