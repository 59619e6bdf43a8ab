// SPDX-License-Identifier: GPL-3.0-or-later
/* source_title.h - what the maker of a recording called one of its tracks. */
#ifndef TRANSCODER_SOURCE_SOURCE_TITLE_H
#define TRANSCODER_SOURCE_SOURCE_TITLE_H

#include "common/package/track_title.h"
#include "transcoder/source/source.h"

/* Stores a stream's title; "" when it has none. An MP4's is in the track's user data, or its
 * handler is called by it, which most programs call by their own name. */
void source_title_find(const struct source *source, const AVStream *stream,
                       char title[TRACK_TITLE_SIZE]);

/* Whether a handler's name is what programs call it by themselves. Pure. */
bool source_title_is_stock(const char *handler);

#endif
