// SPDX-License-Identifier: GPL-3.0-or-later
/* slides_join.h - the pictures of slides/, from what the chunks left. */
#ifndef TRANSCODER_SLIDES_SLIDES_JOIN_H
#define TRANSCODER_SLIDES_SLIDES_JOIN_H

#include "common/package/package.h"
#include "transcoder/link.h"
#include "transcoder/plan/plan.h"

/* Chooses pictures, writes them and enters them in *package. starts_us: when each of the n slides
 * starts, in order. Nothing happens where a chunk left none: it was made by a version that did not
 * know of them. Holds one chunk's pictures at a time. Returns 0 or a negative ERR_. */
int slides_join(struct link *link, const struct plan *plan, const int64_t *starts_us, size_t n,
                struct package *package);

#endif
