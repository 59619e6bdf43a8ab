// SPDX-License-Identifier: GPL-3.0-or-later
/* mp4_box.h - the boxes of ISO/IEC 14496-12: a size, a four-letter type, content. Pure. */
#ifndef TRANSCODER_CMAF_MP4_BOX_H
#define TRANSCODER_CMAF_MP4_BOX_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

/* Starts a box; its size is filled in by mp4_box_end, which gets what this returned. */
size_t mp4_box_begin(struct buf *b, const char type[4]);

/* The same for a full box: version and 24 bits of flags follow the type. */
size_t mp4_full_box_begin(struct buf *b, const char type[4], uint8_t version, uint32_t flags);

void mp4_box_end(struct buf *b, size_t begin);

/* Overwrites four bytes that were written before. */
void mp4_patch_u32(struct buf *b, size_t at, uint32_t value);

void mp4_append_zeros(struct buf *b, size_t n);

#endif
