// SPDX-License-Identifier: GPL-3.0-or-later
/* byte_input.h - libav's view of the source: one open descriptor, and nothing else to open.
 *
 * The demuxer sees bytes and a size. It has no name, no protocol and no second file, so a playlist
 * or a reference movie has nothing to refer with. */
#ifndef TRANSCODER_SOURCE_BYTE_INPUT_H
#define TRANSCODER_SOURCE_BYTE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libavformat/avio.h>

#include "common/cleanup.h"

struct byte_input; /* opaque */

/* fd is borrowed and must allow pread(2). Returns 0 and an input that byte_input_free() ends, or
 * ERR_NO_MEMORY. */
int byte_input_new(int fd, int64_t size_bytes, struct byte_input **ret_input);
void byte_input_free(struct byte_input *input);
DEFINE_CLEANUP(byte_input_free, struct byte_input *)

/* Asks `may_read` before every read from the file: once it says no, none succeeds. What libav makes
 * of bytes that it has cannot be stopped, so it gets few at a time from now on. */
void byte_input_guard(struct byte_input *input, bool (*may_read)(void *arg), void *arg);

/* libav reads these n <= BYTE_INPUT_PATCH_BYTES bytes at that place instead of the file's: a header
 * that is known to lie. */
enum { BYTE_INPUT_PATCH_BYTES = 8 };
void byte_input_patch(struct byte_input *input, int64_t at, const uint8_t *bytes, size_t n);

/* Borrowed; for AVFormatContext.pb with AVFMT_FLAG_CUSTOM_IO. */
AVIOContext *byte_input_avio(struct byte_input *input);

#endif
