// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/cmaf/mp4_box.h"

size_t mp4_box_begin(struct buf *b, const char type[4])
{
    const size_t begin = b->length;

    buf_append_u32(b, 0);
    buf_append(b, type, 4);
    return begin;
}

size_t mp4_full_box_begin(struct buf *b, const char type[4], uint8_t version, uint32_t flags)
{
    const size_t begin = mp4_box_begin(b, type);

    buf_append_u32(b, (uint32_t)version << 24 | flags);
    return begin;
}

void mp4_box_end(struct buf *b, size_t begin)
{
    mp4_patch_u32(b, begin, (uint32_t)(b->length - begin));
}

void mp4_patch_u32(struct buf *b, size_t at, uint32_t value)
{
    if (b->err)
        return; /* what was written is not all there */
    for (size_t i = 0; i < 4; i++)
        b->data[at + i] = (char)(uint8_t)(value >> (24 - 8 * i));
}

void mp4_append_zeros(struct buf *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_append_u8(b, 0);
}
