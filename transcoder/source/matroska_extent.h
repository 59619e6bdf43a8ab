// SPDX-License-Identifier: GPL-3.0-or-later
/* matroska_extent.h - whether a Matroska or WebM file is there to its end. Pure.
 *
 * The file is one EBML header and one Segment (RFC 9559 §5.1), each an element of an id, a size and
 * so many bytes (RFC 8794 §4 to §6). A recorder that cannot go back leaves the size unknown. */
#ifndef TRANSCODER_SOURCE_MATROSKA_EXTENT_H
#define TRANSCODER_SOURCE_MATROSKA_EXTENT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/slice.h"

enum { MATROSKA_HEAD_BYTES = 4096 };

/* Whether a file of that size, which starts with `head` (all of it, or MATROSKA_HEAD_BYTES), holds
 * all that its Segment says it holds. False also where it does not say. */
bool matroska_is_whole(struct slice head, int64_t size_bytes);

#endif
