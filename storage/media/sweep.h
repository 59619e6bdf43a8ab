// SPDX-License-Identifier: GPL-3.0-or-later
/* sweep.h - removes the files that the database says were deleted, and counts those that it does
 * not know.
 *
 * Only what was noted goes (deleted_media.h): a file that a database does not know may be newer
 * than the database, which may be a backup that was put back, or a new one on a wrong mount. Of
 * what was noted stays what something refers to again, what is on its way to a row, and what
 * changed SWEEP_SLACK_MS after it was noted: the note of an old database may be older than the
 * file. A note of this process cannot be older than its file: where the dates say so, the clock was
 * set, and the note is dated anew (sweep_find_misdated). A crash anywhere repeats harmlessly. */
#ifndef STORAGE_MEDIA_SWEEP_H
#define STORAGE_MEDIA_SWEEP_H

#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "storage/media/deleted_media.h"
#include "storage/media/media_store.h"

struct db;

/* A worker that has not heard yet may write into a package for a while after it was noted. */
enum { SWEEP_SLACK_MS = 3600 * 1000 };

/* One pass over the notes that have waited min_wait_ms, at most `limit`. Any connection; blocks.
 * Stores how many things of each folder were removed, and which notes are settled, for the caller
 * to forget (deleted_media_forget, on the writer). The array is in the arena. Returns 0, or the
 * first failure: what was removed before it counts nevertheless. */
int sweep_deleted(struct db *db, struct media_store *store, int64_t min_wait_ms, size_t limit,
                  struct arena *arena, size_t ret_removed[N_MEDIA_FOLDERS],
                  struct deleted_media **ret_settled, size_t *ret_n);

struct misdated_note {
    struct deleted_media note;
    int64_t changed_ms; /* of its file, wall time: the note was not made before */
};

/* Of the notes that this process made since it last let notes wait, those by whose dates the file
 * would stay for ever, as if it were newer: the wall clock was set back, or was ahead when the file
 * was made. Any connection; blocks. The array is in the arena; the caller sets the notes' times
 * (deleted_media_set_time, on the writer). */
int sweep_find_misdated(struct db *db, struct media_store *store, size_t limit, struct arena *arena,
                        struct misdated_note **ret_misdated, size_t *ret_n);

/* Counts what neither a row refers to nor a note names, and removes what crashes left half copied.
 * Any connection; blocks. Returns 0, or the first failure: then nothing is known. */
int sweep_count_unknown(struct db *db, struct media_store *store,
                        struct media_unknown ret_unknown[N_MEDIA_FOLDERS]);

#endif
