// SPDX-License-Identifier: GPL-3.0-or-later
/* deleted_media.h - the files that the database says were deleted. Nothing else may be removed: a
 * file that the database does not know may be newer than a database that was put back.
 *
 * Whoever takes away a reference to a file notes it in the same transaction; whoever makes a file
 * before there is a reference notes it before (roles/finisher.c). A note is no more than
 * a permission: the sweep (sweep.h) asks whether something refers to the file (again), removes it
 * if nothing does, and only then forgets the note. What is noted twice is noted once, anew.
 *
 * How long a note has waited is counted in the running time of the server, never by the wall clock:
 * a machine whose clock is years ahead removes nothing early. db.h says what all stores have in
 * common. */
#ifndef STORAGE_MEDIA_DELETED_MEDIA_H
#define STORAGE_MEDIA_DELETED_MEDIA_H

#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "storage/media/media_store.h"

struct db;

struct deleted_media {
    enum media_folder folder;
    char name[MEDIA_NAME_SIZE];
    int64_t deleted_at_ms; /* wall time; also tells this note from a later one of the same name */
};

/* Nothing is to refer to this file once the caller's transaction commits. */
int deleted_media_note(struct db *db, enum media_folder folder, const char *name);

/* The same for all files of a lecture whose row is about to go: its upload, its source, the folders
 * of its jobs, their packages and its own. */
int deleted_media_note_lecture(struct db *db, const char *lecture_id);

/* The same for the package that a job (or the lecture that it makes) is about to show instead of
 * another one; nothing is noted when it is the same. */
int deleted_media_note_job_package(struct db *db, const char *job_id, const char *new_package_id);
int deleted_media_note_shown_package(struct db *db, const char *job_id);

/* All notes have waited so much longer (monotonic time; at least 1 ms). */
int deleted_media_wait(struct db *db, int64_t elapsed_ms);

/* Notes that have not waited yet: those made since the last deleted_media_wait. At most `limit`, in
 * the arena. */
int deleted_media_list_new(struct db *db, size_t limit, struct arena *arena,
                           struct deleted_media **ret_notes, size_t *ret_n);

/* The note was made at another time than it says. A note that was made anew meanwhile stays. */
int deleted_media_set_time(struct db *db, const struct deleted_media *note, int64_t deleted_at_ms);

/* Notes that have waited min_wait_ms or more, and those of uploads, which nobody reads any more; at
 * most `limit`. The array is in the arena. */
int deleted_media_list_due(struct db *db, int64_t min_wait_ms, size_t limit, struct arena *arena,
                           struct deleted_media **ret_notes, size_t *ret_n);

/* The file is gone, or is in use again. A note that was made anew meanwhile stays. */
int deleted_media_forget(struct db *db, const struct deleted_media *note);

#endif
