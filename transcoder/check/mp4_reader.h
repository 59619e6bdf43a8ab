// SPDX-License-Identifier: GPL-3.0-or-later
/* mp4_reader.h - reads init sections and fragments of CMAF tracks that others wrote (ISO/IEC
 * 14496-12, -14, -15). Shares no code with what writes ours. Pure; trusts no number. */
#ifndef TRANSCODER_CHECK_MP4_READER_H
#define TRANSCODER_CHECK_MP4_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/slice.h"

/* What an init section says. */
struct mp4_track {
    bool is_video;
    char entry[5];   /* of the sample description: "avc1" */
    char codecs[32]; /* RFC 6381, from the codec's configuration; empty for one not known */
    uint32_t id;
    uint32_t timescale;
    uint32_t width, height;           /* coded */
    uint32_t sample_rate, n_channels; /* of sound */
    uint32_t nal_length_bytes;        /* of H.264 */
    char sequence_header[64];         /* of AV1: what is in av1C, */
    size_t sequence_header_length;    /* and how long; 0 when it is not there or does not fit */
    uint32_t default_ticks, default_size, default_flags;
    int64_t start_ticks; /* media time at which the edit list starts; 0 without one */
};

/* What a fragment holds. */
struct mp4_fragment {
    uint32_t sequence;
    int64_t decode_ticks;   /* tfdt */
    int64_t duration_ticks; /* of its samples */
    int64_t first_ticks;    /* the earliest presentation time, edit list applied */
    size_t n_samples;
    bool is_sync;             /* its first sample says so */
    bool is_idr;              /* and is an IDR picture or shown key frame; always true for sound */
    size_t first_sample_size; /* bytes from the start of the fragment to the end of that sample */
};

/* Returns 0, or ERR_INVALID for what is no init section of one track. */
int mp4_read_init(struct slice bytes, struct mp4_track *ret_track);

/* One moof and one mdat, whole. Returns 0, or ERR_INVALID when boxes, sizes or offsets do not
 * agree. A fragment that ends inside mdat is taken when is_cut (I-frame playlists do that). */
int mp4_read_fragment(struct slice bytes, const struct mp4_track *track, bool is_cut,
                      struct mp4_fragment *ret_fragment);

#endif
