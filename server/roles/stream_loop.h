// SPDX-License-Identifier: GPL-3.0-or-later
/* stream_loop.h - what each event loop of the stream role owns: its read-only database connection,
 * its link to Redis, its caches; and the struct services that handlers get. */
#ifndef SERVER_ROLES_STREAM_LOOP_H
#define SERVER_ROLES_STREAM_LOOP_H

#include "server/web/services.h"

struct http_loop;

/* The same for all loops; borrowed. */
struct stream_config {
    const char *database_path;
    const char *redis_address;
    struct services shared; /* the loop's own members are filled in by each loop */
};

/* on_loop_start and on_loop_stop of struct http_server_config; arg is a struct stream_config. */
int stream_loop_start(struct http_loop *loop, void *arg, void **ret_context);
void stream_loop_stop(struct http_loop *loop, void *context);

#endif
