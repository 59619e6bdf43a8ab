// SPDX-License-Identifier: GPL-3.0-or-later
/* m3u8.h - reads HLS playlists (RFC 8216) that others wrote. Pure, strict about what it needs and
 * silent about what it does not know. All slices are borrowed from the text. */
#ifndef TRANSCODER_CHECK_M3U8_H
#define TRANSCODER_CHECK_M3U8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "common/slice.h"

enum { M3U8_MAX_ITEMS = 200000 };

/* Part of a resource; size 0: all of it. */
struct m3u8_range {
    uint64_t offset, size;
};

struct m3u8_variant {
    struct slice uri;
    struct slice codecs, audio, subtitles; /* empty: not given */
    uint64_t bandwidth_bps, average_bps;   /* 0: not given */
    uint32_t width, height;                /* 0: not given */
    uint32_t milli_fps;                    /* frames per 1000 s; 0: not given */
    bool is_iframes;                       /* EXT-X-I-FRAME-STREAM-INF */
};

struct m3u8_media {
    struct slice type, group, name, language, uri; /* empty: not given */
    bool is_default;
};

struct m3u8_segment {
    struct slice uri;
    struct m3u8_range range;
    uint64_t duration_us;
    bool is_discontinuous; /* EXT-X-DISCONTINUITY before it */
};

struct m3u8 {
    uint32_t version;           /* 1 when not given */
    bool is_independent;        /* EXT-X-INDEPENDENT-SEGMENTS */
    struct slice playlist_type; /* "VOD" */
    uint32_t target_s;          /* 0: not given */
    bool has_end;
    bool is_iframes_only;
    struct slice map_uri; /* empty: none */
    struct m3u8_range map_range;
    struct m3u8_variant *variants; /* owned; a playlist with any is a multivariant one */
    size_t n_variants;
    struct m3u8_media *media; /* owned */
    size_t n_media;
    struct m3u8_segment *segments; /* owned */
    size_t n_segments;
};

/* Returns 0 and a playlist to free; ERR_INVALID for what is none or cannot be understood (a URI
 * without its tag, a number that is none), ERR_TOO_LARGE, ERR_NO_MEMORY. */
int m3u8_parse(struct slice text, struct m3u8 **ret_playlist);
void m3u8_free(struct m3u8 *playlist);
DEFINE_CLEANUP(m3u8_free, struct m3u8 *)

#endif
