// SPDX-License-Identifier: GPL-3.0-or-later
/* caption_part.h - the captions inside a source, as renditions of a part. */
#ifndef TRANSCODER_STAGES_CAPTION_PART_H
#define TRANSCODER_STAGES_CAPTION_PART_H

#include <libavcodec/avcodec.h>

#include "common/package/package.h"
#include "transcoder/captions/caption_text.h"
#include "transcoder/stages/stage.h"

/* The form of a stream's captions. False for what is no text: pictures, closed captions. */
bool caption_form_of(enum AVCodecID codec, enum caption_form *ret_form);

/* Reads the source for the plan's captions, writes a WebVTT file for each that says something, and
 * adds it to *part. Captions that cannot be read are left out: they fail no lecture. Returns 0, or
 * a negative ERR_ when a file cannot be written. */
int caption_part_add(const struct stage_context *context, const struct plan *plan,
                     struct package *part);

#endif
