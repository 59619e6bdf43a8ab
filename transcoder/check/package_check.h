// SPDX-License-Identifier: GPL-3.0-or-later
/* package_check.h - validates a package as a player would see it: its multivariant playlist, all
 * that this names, and how the parts fit together. */
#ifndef TRANSCODER_CHECK_PACKAGE_CHECK_H
#define TRANSCODER_CHECK_PACKAGE_CHECK_H

#include "transcoder/check/media_check.h"

/* Checks the package whose multivariant playlist is at `top`; then those for listening and for Opus
 * beside it, where they are there. Findings and needed paths go where *check says. When something
 * is needed the findings are not complete. Returns 0, or ERR_NO_MEMORY. */
int package_check(struct check *check, const char *top);

#endif
