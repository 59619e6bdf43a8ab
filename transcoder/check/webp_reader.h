// SPDX-License-Identifier: GPL-3.0-or-later
/* webp_reader.h - what the header of a WebP picture says (RFC 9649); nothing is decoded. Pure. */
#ifndef TRANSCODER_CHECK_WEBP_READER_H
#define TRANSCODER_CHECK_WEBP_READER_H

#include <stdint.h>

#include "common/slice.h"

struct webp_size {
    uint32_t width, height;
};

/* Returns 0, or ERR_INVALID for what is no simple lossy WebP picture, or not all of one. */
int webp_read_size(struct slice bytes, struct webp_size *ret_size);

#endif
