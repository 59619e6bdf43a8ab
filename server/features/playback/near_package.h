// SPDX-License-Identifier: GPL-3.0-or-later
/* near_package.h - keeps a slow disk away from the loop when a package is asked for that nobody has
 * asked for lately: a thread of a pool reads its index and looks up its files, so that
 * the kernel has them at hand; then the call is handled again, and the loop reads and opens them
 * without waiting. The pool is not that of uploads: many readers of cold packages keep no upload
 * waiting. */
#ifndef SERVER_FEATURES_PLAYBACK_NEAR_PACKAGE_H
#define SERVER_FEATURES_PLAYBACK_NEAR_PACKAGE_H

#include <stdbool.h>

#include "common/slice.h"

struct call;

/* Whether the handler has to return: call->handle comes again from the
 * loop, once. False when the package is known or was made near for this call, and when that cannot
 * be done: then the loop reads itself. */
bool near_package_wait(struct call *call, struct slice package);

#endif
