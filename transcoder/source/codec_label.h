// SPDX-License-Identifier: GPL-3.0-or-later
/* codec_label.h - what people call a codec: "DTS", "Speex". Pure. */
#ifndef TRANSCODER_SOURCE_CODEC_LABEL_H
#define TRANSCODER_SOURCE_CODEC_LABEL_H

#include <libavcodec/avcodec.h>

enum { CODEC_LABEL_SIZE = 32 };

/* Of a stream's codec; when libavcodec does not know it, the container's four letters, or its
 * number
 * ("0x0130" of a WAVE format); "" when there is none. Printable ASCII. */
void codec_label_of(const AVCodecParameters *codec, char label[CODEC_LABEL_SIZE]);

#endif
