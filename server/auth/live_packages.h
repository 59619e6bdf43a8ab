// SPDX-License-Identifier: GPL-3.0-or-later
/* live_packages.h - whether a package may still be played: a lecture has to show it. A playback
 * token alone does not say so: it outlives a lecture that is deleted or taken back. One per loop,
 * of fixed size. */
#ifndef SERVER_AUTH_LIVE_PACKAGES_H
#define SERVER_AUTH_LIVE_PACKAGES_H

#include <stdatomic.h>
#include <stdint.h>

#include "common/slice.h"

struct db;
struct live_packages; /* opaque */

/* What another program takes back plays on no longer than this. */
enum { LIVE_PACKAGE_MS = 20000 };

/* Borrows changes, which any thread raises after it has taken a package back. Returns 0 or
 * ERR_NO_MEMORY. */
int live_packages_new(const atomic_uint *changes, struct live_packages **ret_live);
void live_packages_free(struct live_packages *live);

/* package is a valid id; now_ms is monotonic. Looks one key up in the database when the package was
 * not seen lately. Returns 0, ERR_NOT_FOUND when no lecture shows it, or what reading failed with.
 */
int live_packages_check(struct live_packages *live, struct db *reader, struct slice package,
                        int64_t now_ms);

#endif
