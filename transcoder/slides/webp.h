// SPDX-License-Identifier: GPL-3.0-or-later
/* webp.h - a lecture's picture as WebP: as few bytes as it takes to look as good as it does in the
 * film, and never more than some. */
#ifndef TRANSCODER_SLIDES_WEBP_H
#define TRANSCODER_SLIDES_WEBP_H

#include <stddef.h>
#include <stdint.h>

#include <libavcodec/avcodec.h>
#include <libavutil/frame.h>

enum { WEBP_MAX_SIDE_PX = 1280, WEBP_MAX_BYTES = 25000, WEBP_N_QUALITIES = 9 };

struct webp_wish {
    uint16_t matrix;     /* of the picture, ITU-T H.273 */
    uint32_t enough_mdb; /* SSIM that is good enough, as ssim_mdb() gives it */
    int quality;         /* 0 to WEBP_N_QUALITIES - 1: where to start looking; the result after */
};

/* The size of the WebP picture of a picture of that size: even, at most WEBP_MAX_SIDE_PX wide. */
void webp_size(int width, int height, int *ret_width, int *ret_height);

/* Fills *to (empty before) with the 8-bit 4:2:0 picture `from` in that size and in the colours that
 * WebP means: BT.601, limited range. Returns 0, ERR_NO_MEMORY or ERR_UNSUPPORTED. */
int webp_prepare(const AVFrame *from, uint16_t matrix, int width, int height, AVFrame *to);

/* Stores a picture that webp_prepare() made in *packet: the smallest that looks good enough; where
 * none does in WEBP_MAX_BYTES, the best that fits. Where nothing fits at this size it is made
 * blurred, since all pictures of a lecture have one size. Returns as above. */
int webp_encode(AVFrame *picture, struct webp_wish *wish, AVPacket *packet);

#endif
