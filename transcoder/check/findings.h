// SPDX-License-Identifier: GPL-3.0-or-later
/* findings.h - what is wrong with a package, a line each:
 *
 *     error idr-start v240.m3u8: segment 3 does not start with an IDR picture (7.4)
 *
 * The number is the paragraph of Apple's HLS authoring specification, or of RFC 8216. Pure. */
#ifndef TRANSCODER_CHECK_FINDINGS_H
#define TRANSCODER_CHECK_FINDINGS_H

#include <stddef.h>

#include "common/buf.h"

enum rule {
    RULE_MISSING,
    RULE_OUTSIDE,
    RULE_SYNTAX,
    RULE_VERSION,
    RULE_INDEPENDENT,
    RULE_ATTRIBUTE,
    RULE_GROUP,
    RULE_CODECS,
    RULE_RESOLUTION,
    RULE_ASPECT,
    RULE_FRAME_RATE,
    RULE_PROFILE,
    RULE_BANDWIDTH,
    RULE_AVERAGE_BANDWIDTH,
    RULE_LADDER,
    RULE_LOW_RATE,
    RULE_PLAYLIST_TYPE,
    RULE_END,
    RULE_MAP,
    RULE_TARGET,
    RULE_SAME_TARGET,
    RULE_INIT,
    RULE_INIT_SIZE,
    RULE_FRAGMENT,
    RULE_IDR_START,
    RULE_TFDT,
    RULE_START,
    RULE_EXTINF,
    RULE_DURATION,
    RULE_ALIGNED,
    RULE_HEAD,
    RULE_IFRAMES,
    RULE_DISCONTINUITY,
    RULE_CAPTIONS,
    RULE_POSTER,
    RULE_JPEG,
    RULE_STORYBOARD,
    RULE_TILE,
    RULE_SLIDES,
    RULE_STATUS,
    RULE_REDIRECT,
    RULE_MIME,
    RULE_GZIP,
    N_RULES
};

enum { FINDINGS_MAX = 500 }; /* then counted, not told */

struct findings {
    struct buf *out; /* borrowed */
    size_t n_errors, n_warnings;
};

/* Adds one line about a file. Control characters in what others wrote are made harmless. */
void findings_add(struct findings *findings, enum rule rule, const char *where, const char *format,
                  ...) __attribute__((format(printf, 4, 5)));

#endif
