// SPDX-License-Identifier: GPL-3.0-or-later
/* previews_check.h - looks at what players show beside the media: the poster, the storyboard and
 * the list of slides. */
#ifndef TRANSCODER_CHECK_PREVIEWS_CHECK_H
#define TRANSCODER_CHECK_PREVIEWS_CHECK_H

#include <stdint.h>

#include "transcoder/check/media_check.h"

/* For a package with a picture, which lasts duration_us (0: that is not known). Without
 * poster.jpg there is a warning, for it is ours and no player needs it; storyboard.vtt and
 * slides.json may both be absent, as in packages of older versions.
 * Findings and needed paths go where *check says. Returns 0, or ERR_NO_MEMORY. */
int previews_check(struct check *check, uint64_t duration_us);

#endif
