// SPDX-License-Identifier: GPL-3.0-or-later
/* health.h - what only other threads know about the server's health. The supervisor writes, loops
 * read; each member stands for itself. */
#ifndef SERVER_ROUTES_HEALTH_H
#define SERVER_ROUTES_HEALTH_H

#include <stdatomic.h>

#include "storage/media_store.h"

/* Things in a folder of the media store that the database does not know. */
struct health_unknown {
    atomic_llong n;
    atomic_llong bytes;
};

struct health {
    atomic_bool is_worker_expected; /* a worker of our own is part of this server */
    atomic_bool is_worker_running;
    atomic_bool is_stopping; /* readiness ends before connections do */
    struct health_unknown unknown[N_MEDIA_FOLDERS];
};

#endif
