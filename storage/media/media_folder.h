// SPDX-License-Identifier: GPL-3.0-or-later
/* media_folder.h - the folders that hold things under names of their own, and what is asked about
 * those (media_store.h has the folders themselves; sweep.h knows what is referred to). */
#ifndef STORAGE_MEDIA_MEDIA_FOLDER_H
#define STORAGE_MEDIA_MEDIA_FOLDER_H

#include <stdint.h>

#include "common/digest.h"

enum media_folder { MEDIA_UPLOADS, MEDIA_SOURCES, MEDIA_JOBS, MEDIA_PACKAGES, N_MEDIA_FOLDERS };

enum {
    MEDIA_PATH_SIZE = 128,
    MEDIA_NAME_SIZE = 2 * SHA256_BYTES + 1, /* the longest is a source's */
};

/* Whether the database knows the thing of that name. Returns 0 for no, 1 for yes, or a failure,
 * which ends the count. */
typedef int media_store_knows_fn(enum media_folder folder, const char *name, void *arg);

struct media_unknown {
    int64_t n;
    int64_t bytes; /* on disk */
};

#endif
