// SPDX-License-Identifier: GPL-3.0-or-later
/* services.h - what handlers work with: one value per loop, filled by the stream role. Pointers are
 * borrowed and valid as long as the loop; what is shared between loops says so. */
#ifndef SERVER_WEB_SERVICES_H
#define SERVER_WEB_SERVICES_H

#include <stdatomic.h>

struct attempts;
struct config;
struct db;
struct health;
struct http_answer_cache;
struct http_file_cache;
struct live_packages;
struct load;
struct media_store;
struct package_cache;
struct playback_key;
struct redis_link;
struct route_index;
struct site;
struct turns;
struct upload_registry;
struct verified_tokens;
struct work_pool;

struct services {
    /* the loop's own */
    struct db *reader;                 /* read-only connection, for one indexed key at a time */
    struct redis_link *redis;          /* hot state */
    struct http_file_cache *files;     /* open package files */
    struct package_cache *packages;    /* parsed package indexes */
    struct http_answer_cache *answers; /* of complete packages, by the path behind "/v/" */
    struct verified_tokens *tokens;    /* playback tokens seen before */
    struct turns *reports;             /* watch progress: one report of a learner at a time */
    struct live_packages *live;        /* packages that a lecture showed lately */

    /* shared and immutable, or safe for all threads */
    _Atomic(const struct config *) *config; /* replaced on reload; services_config reads it */
    const struct route_index *routes;
    const struct media_store *media;
    const struct playback_key *playback_key;
    const struct site *site;         /* NULL when no pages were built */
    struct upload_registry *uploads; /* who is writing which upload */
    atomic_uint *taken_back;         /* packages that ceased to be playable: live_packages.h */
    struct health *health;           /* what /readyz tells */
    struct load *load;               /* what the admin sees */
    struct work_pool *database;      /* context: the writing struct db */
    struct work_pool *readers;       /* contexts: a reading struct db for each thread; reading.h */
    struct work_pool *guest_readers; /* the same, for whoever is not signed in. NULL in tests: the
                                      * loops read themselves, by `reader` */
    struct work_pool *disks;         /* uploads: writing, syncing, removing */
    struct work_pool *cold_reads;    /* packages that are asked for; NULL: the loops read */
    struct work_pool *hashers;
    struct attempts *attempts; /* who may have a password hashed */
};

/* The settings in force now; the pointer stays valid until the server ends. */
static inline const struct config *services_config(const struct services *services)
{
    return atomic_load(services->config);
}

#endif
