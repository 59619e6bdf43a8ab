// SPDX-License-Identifier: GPL-3.0-or-later
#include <brotli/decode.h>
#include <criterion/criterion.h>
#include <string.h>
#define ZLIB_CONST
#include <zlib.h>

#include "common/err.h"
#include "server/http/message/compress.h"

static void inflate_and_compare(const char *gzip, size_t length, struct slice text)
{
    char out[4096];
    z_stream stream = {.next_in = (const Bytef *)gzip, .avail_in = (uInt)length};

    stream.next_out = (Bytef *)out;
    stream.avail_out = sizeof out;
    cr_assert_eq(inflateInit2(&stream, 15 + 16), Z_OK);
    cr_assert_eq(inflate(&stream, Z_FINISH), Z_STREAM_END);
    cr_assert(slice_equals(slice_of(out, sizeof out - stream.avail_out), text));
    inflateEnd(&stream);
}

Test(compress, gives_back_the_same_text_again_and_again)
{
    struct compressor compressor = {.stream = NULL};
    char text[2000];
    char to[2000];

    for (int round = 0; round < 3; round++) {
        size_t length = 0;
        memset(text, 'a' + round, sizeof text);
        cr_assert_eq(compress_gzip(&compressor, slice_of(text, sizeof text), to, sizeof to,
                                   &length),
                     0);
        cr_assert_lt(length, 100);
        inflate_and_compare(to, length, slice_of(text, sizeof text));
    }
    compressor_clear(&compressor);
    compressor_clear(&compressor);
}

Test(compress, says_when_the_result_does_not_fit_and_recovers)
{
    struct compressor compressor = {.stream = NULL};
    const struct slice text = slice_from("abcdefghijklmnopqrstuvwxyz");
    char to[200];
    size_t length = 0;

    cr_assert_eq(compress_gzip(&compressor, text, to, 10, &length), ERR_TOO_LARGE);
    cr_assert_eq(compress_gzip(&compressor, text, to, sizeof to, &length), 0);
    inflate_and_compare(to, length, text);
    compressor_clear(&compressor);
}

Test(compress, brotli_gives_back_the_same_text)
{
    const struct slice text = slice_from("#EXTINF:6.000,\n0.m4s\n#EXTINF:6.000,\n1.m4s\n");
    uint8_t out[200];
    char to[200];
    size_t length = 99;
    size_t out_length = sizeof out;

    cr_assert_eq(compress_brotli(text, to, 10, &length), ERR_TOO_LARGE);
    cr_assert_eq(length, 99);
    cr_assert_eq(compress_brotli(text, to, sizeof to, &length), 0);
    cr_assert_eq(BrotliDecoderDecompress(length, (const uint8_t *)to, &out_length, out),
                 BROTLI_DECODER_RESULT_SUCCESS);
    cr_assert(slice_equals(slice_of((const char *)out, out_length), text));
}

Test(compress, suits_texts_and_not_media)
{
    cr_assert(compress_suits_type("text/html; charset=utf-8"));
    cr_assert(compress_suits_type("application/json"));
    cr_assert(compress_suits_type("application/vnd.apple.mpegurl"));
    cr_assert_not(compress_suits_type("video/mp4"));
    cr_assert_not(compress_suits_type("image/jpeg"));
    cr_assert_not(compress_suits_type("application/octet-stream"));
}
