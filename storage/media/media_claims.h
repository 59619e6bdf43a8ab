// SPDX-License-Identifier: GPL-3.0-or-later
/* media_claims.h - files that were touched on their way to a row: nobody may remove them, though
 * nothing refers to them yet. They live as long as the process that would write the row, and no
 * longer than MEDIA_CLAIM_MS of monotonic time: whoever needs a file longer touches it again. The
 * caller locks. */
#ifndef STORAGE_MEDIA_MEDIA_CLAIMS_H
#define STORAGE_MEDIA_MEDIA_CLAIMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "storage/media/media_folder.h"

/* Far longer than a commit may take, and short enough for the list to stay short. */
enum { MEDIA_CLAIM_MS = 3600 * 1000 };

struct media_claim {
    enum media_folder folder;
    char name[MEDIA_NAME_SIZE];
    int64_t at_ms; /* monotonic */
};

struct media_claims {
    struct media_claim *items; /* owned */
    size_t n;
    size_t capacity;
};

/* Claims, or claims anew. Returns 0 or ERR_NO_MEMORY. */
int media_claims_add(struct media_claims *claims, enum media_folder folder, const char *name,
                     int64_t now_ms);

bool media_claims_has(const struct media_claims *claims, enum media_folder folder, const char *name,
                      int64_t now_ms);

void media_claims_clear(struct media_claims *claims);

#endif
