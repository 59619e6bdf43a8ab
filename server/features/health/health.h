// SPDX-License-Identifier: GPL-3.0-or-later
/* health.h - what only other threads know about the server's health. The supervisor writes, loops
 * read; each member stands for itself. */
#ifndef SERVER_FEATURES_HEALTH_HEALTH_H
#define SERVER_FEATURES_HEALTH_HEALTH_H

#include <stdatomic.h>
#include <stdint.h>

#include "server/web/route.h"
#include "storage/media/media_store.h"

extern const struct route_table HEALTH_ROUTES;

/* Things in a folder of the media store that the database does not know. */
struct health_unknown {
    atomic_llong n;
    atomic_llong bytes;
};

struct health {
    atomic_bool is_worker_expected; /* a worker of our own is part of this server */
    atomic_bool is_worker_running;
    atomic_bool is_stopping;       /* readiness ends before connections do */
    atomic_int write_err;          /* of the last commit that only probed (roles/write_probe.h) */
    atomic_llong write_probed_ms;  /* when its result came, monotonic; 0: never yet */
    atomic_bool is_short_of_room;  /* jobs wait for free space */
    _Atomic int64_t drained_at_ms; /* monotonic: the drain found nothing more to do; 0: never */
    struct health_unknown unknown[N_MEDIA_FOLDERS];
};

#endif
