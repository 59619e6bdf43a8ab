// SPDX-License-Identifier: GPL-3.0-or-later
/* media_sweep.h - how media_store.h removes and counts what lies in a folder; for media_store.c
 * alone. */
#ifndef STORAGE_MEDIA_MEDIA_SWEEP_H
#define STORAGE_MEDIA_MEDIA_SWEEP_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "storage/media/media_claims.h"
#include "storage/media/media_folder.h"

struct media_sweep {
    enum media_folder folder;
    media_store_knows_fn *knows;
    void *arg;
    pthread_mutex_t *lock;             /* of what follows, and of the making of temporary files */
    const struct media_claims *claims; /* borrowed */
    struct media_unknown *unknown;     /* counted up */
};

/* Whether a name has the form that things of this folder have. */
bool media_name_is_valid(enum media_folder folder, const char *name);

/* Whether it is the name of a source that is being copied into place: "SHA256.tmp-N". */
bool media_name_is_temporary(enum media_folder folder, const char *name);

/* Goes through a folder; sources lie one level deeper than the others. Returns 0 or the first
 * failure. */
int media_sweep_run(struct media_sweep *sweep, int parent_fd, const char *path);

/* The time of the last change of the inode (wall time of then): links, new entries and touching all
 * set it, and nobody can set it back. ERR_NOT_FOUND when the thing is not there. */
int media_sweep_changed_at(int parent_fd, const char *path, int64_t *ret_changed_ms);

/* Removes a thing, durably, unless its inode changed after before_ms (wall time): then
 * ERR_CONFLICT. Returns 0 also when it is not there. The caller locks. */
int media_sweep_remove(int parent_fd, const char *path, int64_t before_ms);

#endif
