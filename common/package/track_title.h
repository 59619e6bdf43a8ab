// SPDX-License-Identifier: GPL-3.0-or-later
/* track_title.h - what the maker of a recording called one of its tracks, fit for a playlist: NAME
 * of EXT-X-MEDIA is a quoted string (RFC 8216bis §4.2: no line feed, carriage return, double
 * quote). Pure. */
#ifndef COMMON_PACKAGE_TRACK_TITLE_H
#define COMMON_PACKAGE_TRACK_TITLE_H

#include <stdbool.h>

#include "common/slice.h"

enum { TRACK_TITLE_SIZE = 64 };

/* Stores a title of unknown origin: on one line, without what it may not have, cut to whole
 * characters; "" when it is not UTF-8 or nothing is left. */
void track_title_set(struct slice text, char title[TRACK_TITLE_SIZE]);

/* Whether a text is one that track_title_set() may have stored. "" is. */
bool track_title_is_valid(const char *title);

#endif
