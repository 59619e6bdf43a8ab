// SPDX-License-Identifier: GPL-3.0-or-later
/* sanitizer.h - whether this build has a sanitizer's run time in it. It needs address space, system
 * calls and standard error that the production box does not give; builds for use have none of it.
 */
#ifndef TRANSCODER_BOX_SANITIZER_H
#define TRANSCODER_BOX_SANITIZER_H

#include <stdbool.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define BOX_SANITIZED true
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BOX_SANITIZED true
#endif

#ifndef BOX_SANITIZED
#define BOX_SANITIZED false
#endif

static inline bool box_is_sanitized(void)
{
    return BOX_SANITIZED;
}

#endif
