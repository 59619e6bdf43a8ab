// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/box/sanitizer.h"

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

bool box_is_sanitized(void)
{
    return BOX_SANITIZED;
}
