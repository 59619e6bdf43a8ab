// SPDX-License-Identifier: GPL-3.0-or-later
/* allow_list.h - the parsers of untrusted bytes that we let run: what cameras, phones, recorders
 * and editors write, and nothing that opens other files, draws text or has a record of holes. */
#ifndef TRANSCODER_SOURCE_ALLOW_LIST_H
#define TRANSCODER_SOURCE_ALLOW_LIST_H

#include <stdbool.h>

#include <libavcodec/avcodec.h>

#include "common/buf.h"

/* For AVFormatContext.format_whitelist: demuxer names with commas. */
const char *allow_list_demuxers(void);

/* Whether a probed demuxer is on the list. */
bool allow_list_has_demuxer(const char *name);

/* For AVFormatContext.codec_whitelist: decoder names with commas. What is not on it is not even
 * opened to look at a stream. */
void allow_list_append_decoders(struct buf *out);

/* The decoder for a codec, or NULL when it is not on the list (or not in this libavcodec). */
const AVCodec *allow_list_decoder(enum AVCodecID codec);

#endif
