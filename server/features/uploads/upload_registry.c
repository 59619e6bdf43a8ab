// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/features/uploads/upload_registry.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"

struct upload_registry {
    pthread_mutex_t lock;
    struct upload_claim *claims; /* held and waiting ones, in order of arrival */
};

int upload_registry_new(struct upload_registry **ret_registry)
{
    struct upload_registry *registry = calloc(1, sizeof *registry);

    if (!registry)
        return ERR_NO_MEMORY;
    (void)pthread_mutex_init(&registry->lock, NULL);
    *ret_registry = registry;
    return 0;
}

void upload_registry_free(struct upload_registry *registry)
{
    if (!registry)
        return;
    (void)pthread_mutex_destroy(&registry->lock);
    free(registry);
}

static void tell_granted(void *arg)
{
    struct upload_claim *claim = arg;

    claim->on_granted(claim);
}

/* The lock is held. */
static void grant(struct upload_claim *claim)
{
    claim->is_held = true;
    claim->granted = (struct mail){.fn = tell_granted, .arg = claim};
    claim->home->post(claim->home->owner, &claim->granted);
}

void upload_registry_claim(struct upload_registry *registry, struct upload_claim *claim)
{
    bool is_taken = false;

    claim->next = NULL;
    claim->is_held = false;
    atomic_init(&claim->is_wanted, false);
    (void)pthread_mutex_lock(&registry->lock);
    struct upload_claim **link = &registry->claims;
    for (; *link; link = &(*link)->next) {
        if (strcmp((*link)->id, claim->id) == 0) {
            is_taken = true;
            atomic_store(&(*link)->is_wanted, true);
        }
    }
    *link = claim;
    if (!is_taken)
        grant(claim);
    (void)pthread_mutex_unlock(&registry->lock);
}

void upload_registry_release(struct upload_registry *registry, struct upload_claim *claim)
{
    (void)pthread_mutex_lock(&registry->lock);
    struct upload_claim **link = &registry->claims;
    while (*link != claim)
        link = &(*link)->next;
    *link = claim->next;
    for (struct upload_claim *next = *link; next; next = next->next) {
        if (strcmp(next->id, claim->id) == 0) {
            grant(next); /* the first that came after us */
            break;
        }
    }
    (void)pthread_mutex_unlock(&registry->lock);
}
