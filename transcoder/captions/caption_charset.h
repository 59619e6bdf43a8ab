// SPDX-License-Identifier: GPL-3.0-or-later
/* caption_charset.h - in which characters captions are written, where the container does not say or
 * says what is not so. Pure.
 *
 * Old Vietnamese subtitles are in windows-1258, in which tones are marks behind the vowel. It is
 * recognised by its letters over all captions of a stream: one cue alone is not enough. */
#ifndef TRANSCODER_CAPTIONS_CAPTION_CHARSET_H
#define TRANSCODER_CAPTIONS_CAPTION_CHARSET_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/slice.h"

enum caption_charset { CHARSET_UTF8, CHARSET_WINDOWS_1258, CHARSET_UNKNOWN };

/* What was seen of a stream's captions. */
struct caption_census {
    size_t n_not_utf8; /* captions */
    size_t n_high;     /* bytes above ASCII, of those */
    size_t n_foreign;  /* that Vietnamese does not have in windows-1258 */
    size_t n_tones;    /* marks behind a vowel */
    uint32_t letters;  /* which of the letters that only Vietnamese has: bits */
};

/* Adds one caption's text. */
void caption_census_add(struct caption_census *census, struct slice text);

enum caption_charset caption_census_judge(const struct caption_census *census);

/* Appends windows-1258 as UTF-8 in normal form C. */
void caption_append_1258(struct slice text, struct buf *out);

#endif
