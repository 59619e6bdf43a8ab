// SPDX-License-Identifier: GPL-3.0-or-later
/* playlist.h - HLS playlists from a package's index (RFC 8216 and draft-pantos-hls-rfc8216bis).
 *
 * Two forms of one playlist. PLAYLIST_SEGMENTS is what the server gives out: short virtual names
 * that compress well ("0.m4s"), under /{rendition}/. PLAYLIST_BYTE_RANGES names one real file per
 * rendition with EXT-X-BYTERANGE: it plays from any static web server. Pure. */
#ifndef COMMON_PACKAGE_PLAYLIST_H
#define COMMON_PACKAGE_PLAYLIST_H

#include "common/buf.h"
#include "common/package/package.h"

enum playlist_form { PLAYLIST_SEGMENTS, PLAYLIST_BYTE_RANGES };

/* Which sound a multivariant playlist has: never both, as old players (hls.js up to 1.1, video.js
 * 8) go silent or stop when they switch between variants of two codecs, which they do by bandwidth.
 */
enum playlist_sound {
    PLAYLIST_COMMON, /* all but Opus: for every player */
    PLAYLIST_OPUS,   /* Opus alone, which costs less: for who asks for it */
};

/* The multivariant playlist: one variant per video rendition with its audio group, from the lowest
 * bandwidth up (of AV1 when the package is complete, after those of H.264); then all of them again
 * with each audio group that no video rendition names. With PLAYLIST_OPUS, only those again of
 * Opus. Without video, one variant per audio group. Renditions without fragments are left out.
 * Empty (nothing appended) for PLAYLIST_OPUS without Opus. URIs: "{name}/media.m3u8" (segments) or
 * "{name}.m3u8" (byte ranges). */
void playlist_multivariant(const struct package *p, enum playlist_sound sound,
                           enum playlist_form form, struct buf *out);

/* A multivariant playlist of the sound alone, for the worst links: hls.js drops audio-only
 * variants that stand beside video. One variant, of Opus or of the cheapest of the other groups.
 * Empty (nothing appended) when the package has no such sound. */
void playlist_audio_only(const struct package *p, enum playlist_sound sound,
                         enum playlist_form form, struct buf *out);

/* One video rendition's I-frame playlist, for players that seek with pictures: the start of each
 * fragment, up to the end of its IDR frame. Empty (nothing appended) when the index does not know
 * where that is. The multivariant playlist names the one of the cheapest rendition:
 * "{name}/iframes.m3u8" or "{name}-iframes.m3u8". */
void playlist_iframes(const struct package *p, const struct rendition *r, enum playlist_form form,
                      struct buf *out);

/* One rendition's media playlist: EVENT without an end, to be played from its beginning, while the
 * package grows, VOD when it is complete. URIs: "init.mp4" and "{n}.m4s" with n counted from 0, or
 * "{name}.mp4" with ranges. PLAYLIST_BYTE_RANGES needs a complete package. */
void playlist_media(const struct package *p, const struct rendition *r, enum playlist_form form,
                    struct buf *out);

#endif
