// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/message/compress.h"

#include <brotli/encode.h>
#include <limits.h>
#include <stdlib.h>
#define ZLIB_CONST /* zlib then takes its input as const */
#include <zlib.h>

#include "common/err.h"

enum { WINDOW_BITS = 15, GZIP_FRAME = 16, MEMORY_LEVEL = 8 };
enum { BROTLI_LEVEL = 5, BROTLI_WINDOW_BITS = 16 };

void compressor_clear(struct compressor *compressor)
{
    if (compressor->stream)
        (void)deflateEnd(compressor->stream);
    free(compressor->stream);
    compressor->stream = NULL;
}

bool compress_suits_type(const char *content_type)
{
    static const char *const TYPES[] = {
        "text/",
        "application/json",
        "application/problem+json",
        "application/javascript",
        "application/manifest+json",
        "application/vnd.apple.mpegurl",
        "image/svg+xml",
    };

    for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++) {
        if (slice_starts_with(slice_from(content_type), TYPES[i]))
            return true;
    }
    return false;
}

static int prepare(struct compressor *compressor)
{
    if (compressor->stream)
        return deflateReset(compressor->stream) == Z_OK ? 0 : ERR_INVALID;
    z_stream *stream = calloc(1, sizeof *stream);
    if (!stream)
        return ERR_NO_MEMORY;
    if (deflateInit2(stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, WINDOW_BITS + GZIP_FRAME,
                     MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK) {
        free(stream);
        return ERR_NO_MEMORY;
    }
    compressor->stream = stream;
    return 0;
}

int compress_gzip(struct compressor *compressor, struct slice text, char *to, size_t size,
                  size_t *ret_length)
{
    if (text.length > UINT_MAX || size > UINT_MAX)
        return ERR_TOO_LARGE;
    const int err = prepare(compressor);
    if (err < 0)
        return err;
    z_stream *stream = compressor->stream;
    stream->next_in = (const Bytef *)text.data;
    stream->avail_in = (uInt)text.length;
    stream->next_out = (Bytef *)to;
    stream->avail_out = (uInt)size;
    if (deflate(stream, Z_FINISH) != Z_STREAM_END)
        return ERR_TOO_LARGE;
    *ret_length = size - stream->avail_out;
    return 0;
}

int compress_brotli(struct slice text, char *to, size_t size, size_t *ret_length)
{
    size_t length = size;

    if (!BrotliEncoderCompress(BROTLI_LEVEL, BROTLI_WINDOW_BITS, BROTLI_MODE_TEXT, text.length,
                               (const uint8_t *)text.data, &length, (uint8_t *)to))
        return ERR_TOO_LARGE;
    *ret_length = length;
    return 0;
}
