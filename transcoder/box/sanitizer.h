// SPDX-License-Identifier: GPL-3.0-or-later
/* sanitizer.h - whether this build has a sanitizer's run time in it. It needs address space, system
 * calls and standard error that the production box does not give; builds for use have none of it.
 */
#ifndef TRANSCODER_BOX_SANITIZER_H
#define TRANSCODER_BOX_SANITIZER_H

#include <stdbool.h>

bool box_is_sanitized(void);

#endif
