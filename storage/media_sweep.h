// SPDX-License-Identifier: GPL-3.0-or-later
/* media_sweep.h - how media_store_sweep goes through a folder; for media_store.c alone. */
#ifndef STORAGE_MEDIA_SWEEP_H
#define STORAGE_MEDIA_SWEEP_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "storage/media_store.h"

struct media_sweep {
    enum media_folder folder;
    int64_t before_ms;
    size_t limit;
    media_store_refers_fn *refers;
    void *arg;
    pthread_mutex_t *lock; /* held between looking at an age and removing */
    size_t n_removed;
};

/* Whether a name has the form that things of this folder have. */
bool media_name_is_valid(enum media_folder folder, const char *name);

/* Sources lie one level deeper than the others. Returns 0 or the first failure. */
int media_sweep_run(struct media_sweep *sweep, int parent_fd, const char *path);

#endif
