// SPDX-License-Identifier: GPL-3.0-or-later
/* compress.h - gzip and Brotli for texts that are sent now. One gzip compressor per loop: its
 * memory (256 KiB) is set up once and used again; Brotli's interface wants its own each time. */
#ifndef SERVER_HTTP_MESSAGE_COMPRESS_H
#define SERVER_HTTP_MESSAGE_COMPRESS_H

#include <stdbool.h>

#include "common/slice.h"

struct z_stream_s;

struct compressor {
    struct z_stream_s *stream; /* owned; NULL until first used */
};

void compressor_clear(struct compressor *compressor);

/* Whether texts of this media type shrink: text, JSON, playlists, scripts, SVG. Pure. */
bool compress_suits_type(const char *content_type);

/* Compresses into `size` bytes. Returns 0 and the length, ERR_TOO_LARGE when the result does not
 * fit, or ERR_NO_MEMORY. */
int compress_gzip(struct compressor *compressor, struct slice text, char *to, size_t size,
                  size_t *ret_length);

/* The same as a Brotli stream (RFC 7932), at a level that costs about as much as gzip and gives 13
 * to 16 % less for playlists. */
int compress_brotli(struct slice text, char *to, size_t size, size_t *ret_length);

#endif
