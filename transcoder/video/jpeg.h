// SPDX-License-Identifier: GPL-3.0-or-later
/* jpeg.h - small pictures as JPEG: of the source they hold nothing but pixels. */
#ifndef TRANSCODER_VIDEO_JPEG_H
#define TRANSCODER_VIDEO_JPEG_H

#include <libavcodec/avcodec.h>

/* Fills *to (empty before) with the 8-bit 4:2:0 picture `from` in that size, in
 * full range as JPEG wants it. Returns 0, ERR_NO_MEMORY or ERR_UNSUPPORTED. */
int jpeg_shrink(const AVFrame *from, int width, int height, AVFrame *to);

/* Stores a picture of full range as a JPEG in *packet. `quality` is 2 (best) to 31. Returns as
 * above. */
int jpeg_encode(AVFrame *picture, int quality, AVPacket *packet);

#endif
