// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/media/media_claims.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"

static bool is_of(const struct media_claim *claim, enum media_folder folder, const char *name)
{
    return claim->folder == folder && strcmp(claim->name, name) == 0;
}

static bool is_over(const struct media_claim *claim, int64_t now_ms)
{
    return now_ms - claim->at_ms > MEDIA_CLAIM_MS;
}

/* Leaves out what is over, and what is claimed anew. */
static void thin_out(struct media_claims *claims, enum media_folder folder, const char *name,
                     int64_t now_ms)
{
    size_t n = 0;

    for (size_t i = 0; i < claims->n; i++) {
        if (!is_over(&claims->items[i], now_ms) && !is_of(&claims->items[i], folder, name))
            claims->items[n++] = claims->items[i];
    }
    claims->n = n;
}

int media_claims_add(struct media_claims *claims, enum media_folder folder, const char *name,
                     int64_t now_ms)
{
    thin_out(claims, folder, name, now_ms);
    if (claims->n == claims->capacity) {
        const size_t capacity = claims->capacity ? 2 * claims->capacity : 16;
        struct media_claim *items = realloc(claims->items, capacity * sizeof items[0]);
        if (!items)
            return ERR_NO_MEMORY;
        claims->items = items;
        claims->capacity = capacity;
    }
    struct media_claim *claim = &claims->items[claims->n++];
    *claim = (struct media_claim){.folder = folder, .at_ms = now_ms};
    (void)snprintf(claim->name, sizeof claim->name, "%s", name);
    return 0;
}

bool media_claims_has(const struct media_claims *claims, enum media_folder folder, const char *name,
                      int64_t now_ms)
{
    for (size_t i = 0; i < claims->n; i++) {
        if (is_of(&claims->items[i], folder, name))
            return !is_over(&claims->items[i], now_ms);
    }
    return false;
}

void media_claims_clear(struct media_claims *claims)
{
    free(claims->items);
    *claims = (struct media_claims){0};
}
