// SPDX-License-Identifier: GPL-3.0-or-later
/* sweep.h - removes files that no row refers to: what crashes and deleted lectures left behind.
 *
 * Files come before their rows and go after them, so a file without a row may be about to get one.
 * Hence the age: only what nothing has touched for SWEEP_MIN_AGE_MS is looked at, every step that
 * leads to a row touches its file first, and the age is checked again under the store's lock when
 * it is removed. Live uploads and jobs have rows. */
#ifndef STORAGE_SWEEP_H
#define STORAGE_SWEEP_H

#include <stddef.h>
#include <stdint.h>

#include "storage/media_store.h"

struct db;

enum { SWEEP_MIN_AGE_MS = 24 * 3600 * 1000 };

/* One pass over all folders, at most `limit` removals. Any connection; blocks. Stores how many
 * things of each folder were removed. Returns 0, or the first failure: what was removed before it
 * is counted nevertheless. */
int sweep_orphans(struct db *db, struct media_store *store, int64_t now_ms, size_t limit,
                  size_t ret_removed[N_MEDIA_FOLDERS]);

#endif
