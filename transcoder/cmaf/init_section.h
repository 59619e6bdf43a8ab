// SPDX-License-Identifier: GPL-3.0-or-later
/* init_section.h - the init section of a CMAF track: ftyp and moov, under 1 KiB. Pure.
 *
 * There is no edit list: fragment_head.h says how reordered frames do without. (Composition offsets
 * below zero would do so too, but FFmpeg 5.1 shows such fragments late.) There are no dates and no
 * names: the same track gives the same bytes. */
#ifndef TRANSCODER_CMAF_INIT_SECTION_H
#define TRANSCODER_CMAF_INIT_SECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "transcoder/plan/video_codec.h"

enum { INIT_SECTION_LIMIT = 4096 };

/* ITU-T H.273 code points, as the bitstream's VUI has them. */
struct init_colour {
    uint16_t primaries;
    uint16_t transfer;
    uint16_t matrix;
    bool is_full_range;
};

struct init_video {
    enum video_codec codec;
    uint16_t width, height; /* square pixels */
    uint32_t timescale;
    uint32_t sample_ticks; /* default duration of a sample; fragments say so when they differ */
    struct init_colour colour;
    struct slice config; /* content of avcC or av1C, borrowed */
};

enum init_sound_codec { INIT_SOUND_AAC, INIT_SOUND_OPUS };

struct init_audio {
    enum init_sound_codec codec;
    uint16_t n_channels;
    uint32_t sample_rate;    /* also the timescale */
    uint32_t sample_ticks;   /* of one packet */
    uint32_t bit_rate;       /* declared in the decoder configuration, may be 0 */
    const char *language;    /* ISO 639-2/T, three lower-case letters */
    struct slice codec_data; /* AudioSpecificConfig, or content of dOps; borrowed */
};

void init_section_video(const struct init_video *track, struct buf *out);
void init_section_audio(const struct init_audio *track, struct buf *out);

#endif
