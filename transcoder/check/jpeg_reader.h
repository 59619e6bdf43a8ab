// SPDX-License-Identifier: GPL-3.0-or-later
/* jpeg_reader.h - what the header of a JPEG picture says (ITU-T T.81, annex B); nothing is decoded.
 * Pure. */
#ifndef TRANSCODER_CHECK_JPEG_READER_H
#define TRANSCODER_CHECK_JPEG_READER_H

#include <stdint.h>

#include "common/slice.h"

struct jpeg_size {
    uint32_t width, height;
};

/* Returns 0, or ERR_INVALID for what browsers do not show: no 8-bit baseline or progressive picture
 * of one or three components, none of its data, or an end that was cut off. */
int jpeg_read_size(struct slice bytes, struct jpeg_size *ret_size);

#endif
