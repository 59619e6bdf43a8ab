// SPDX-License-Identifier: GPL-3.0-or-later
/* caption_text.h - what a caption of any kind says, as the text of a WebVTT cue. Pure.
 *
 * Nothing is handed on as it is: what comes out is lines of plain text, with "<", ">" and "&" as
 * WebVTT wants them, no markup, no control characters, no empty line (it would end the cue), and
 * well-formed UTF-8 whatever went in. Text ends at a NUL. */
#ifndef TRANSCODER_CAPTIONS_CAPTION_TEXT_H
#define TRANSCODER_CAPTIONS_CAPTION_TEXT_H

#include <stdint.h>

#include "common/buf.h"
#include "common/slice.h"

enum caption_form {
    CAPTION_MOV_TEXT, /* 3GPP TS 26.245: a length, text in UTF-8 or UTF-16, boxes with styles */
    CAPTION_SUBRIP,   /* text with tags like HTML's */
    CAPTION_ASS,      /* eight fields, then text with {commands} */
    CAPTION_WEBVTT,   /* text with tags and character references */
};

enum { CAPTION_MAX_BYTES = 4096 }; /* of one cue; the rest is left out */

/* Appends the text of one caption. Nothing is appended for one that says nothing. */
void caption_text_append(enum caption_form form, struct slice payload, struct buf *out);

/* Appends a time as WebVTT writes it: "01:02:03.004". */
void caption_time_append(int64_t ms, struct buf *out);

#endif
