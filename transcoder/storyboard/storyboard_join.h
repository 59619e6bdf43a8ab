// SPDX-License-Identifier: GPL-3.0-or-later
/* storyboard_join.h - storyboard.vtt, its sheets and slides.json, from what the chunks left. */
#ifndef TRANSCODER_STORYBOARD_STORYBOARD_JOIN_H
#define TRANSCODER_STORYBOARD_STORYBOARD_JOIN_H

#include "common/package/package.h"
#include "transcoder/link.h"
#include "transcoder/plan/plan.h"

/* Writes the files and enters them in *package. Nothing happens for a lecture without a picture,
 * and where a chunk left no stills: it was made by a version that did not know of them. Holds one
 * chunk's stills and one sheet at a time. Returns 0 or a negative ERR_. */
int storyboard_join(struct link *link, const struct plan *plan, struct package *package);

#endif
