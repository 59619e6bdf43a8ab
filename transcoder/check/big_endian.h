// SPDX-License-Identifier: GPL-3.0-or-later
/* big_endian.h - numbers in a file that cannot be trusted. Bytes beyond its end read as 0: lengths
 * are checked where that would matter. Pure. */
#ifndef TRANSCODER_CHECK_BIG_ENDIAN_H
#define TRANSCODER_CHECK_BIG_ENDIAN_H

#include <stddef.h>
#include <stdint.h>

#include "common/slice.h"

static inline uint32_t u8_at(struct slice s, size_t at)
{
    return at < s.length ? (uint8_t)s.data[at] : 0;
}

static inline uint32_t u16_at(struct slice s, size_t at)
{
    return u8_at(s, at) << 8 | u8_at(s, at + 1);
}

static inline uint32_t u32_at(struct slice s, size_t at)
{
    return u16_at(s, at) << 16 | u16_at(s, at + 2);
}

static inline uint64_t u64_at(struct slice s, size_t at)
{
    return (uint64_t)u32_at(s, at) << 32 | u32_at(s, at + 4);
}

#endif
