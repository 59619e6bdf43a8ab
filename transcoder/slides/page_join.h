// SPDX-License-Identifier: GPL-3.0-or-later
/* page_join.h - page.html of a complete package, from its own files. */
#ifndef TRANSCODER_SLIDES_PAGE_JOIN_H
#define TRANSCODER_SLIDES_PAGE_JOIN_H

#include "common/package/package.h"
#include "transcoder/link.h"

/* Writes the page, with each slide's last state and the first captions. Nothing is written for a
 * lecture that has neither. Returns 0 or a negative ERR_. */
int page_join(struct link *link, const struct package *package);

#endif
