// SPDX-License-Identifier: GPL-3.0-or-later
/* upload_registry.h - one request at a time per upload, over all loops.
 *
 * A phone that lost its connection comes back while the server still waits for bytes on the old
 * one. The newcomer must not be sent away: it asks for the upload, the holder sees that it is
 * wanted, makes what it has durable and lets go, and the newcomer goes on from there.
 *
 *     claim ──▶ waiting ──▶ held ──▶ released
 *                  on_granted     (is_wanted: let go soon)                                      */
#ifndef SERVER_FEATURES_UPLOADS_UPLOAD_REGISTRY_H
#define SERVER_FEATURES_UPLOADS_UPLOAD_REGISTRY_H

#include <stdatomic.h>

#include "common/cleanup.h"
#include "common/id.h"
#include "common/work_pool.h"

struct upload_registry; /* opaque; any thread */

struct upload_claim {
    char id[ID_SIZE];
    void (*on_granted)(struct upload_claim *claim); /* on home's thread, never inside the claim */
    const struct mailbox *home;
    atomic_bool is_wanted; /* somebody waits for it: the holder looks now and then */

    /* the registry's */
    struct upload_claim *next;
    bool is_held;
    struct mail granted;
};

int upload_registry_new(struct upload_registry **ret_registry);
void upload_registry_free(struct upload_registry *registry);
DEFINE_CLEANUP(upload_registry_free, struct upload_registry *)

/* Asks for an upload; id, on_granted and home are set by the caller, who keeps the claim in place
 * until it was granted and released. Claims on the same upload are granted in order. */
void upload_registry_claim(struct upload_registry *registry, struct upload_claim *claim);

/* Lets a granted upload go. */
void upload_registry_release(struct upload_registry *registry, struct upload_claim *claim);

#endif
