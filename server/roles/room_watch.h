// SPDX-License-Identifier: GPL-3.0-or-later
/* room_watch.h - whether the disk has room for new tasks. While it has none, jobs wait, and the
 * logs of SQLite and Redis are kept small: what people send is still accepted. The dispatcher's
 * thread only. */
#ifndef SERVER_ROLES_ROOM_WATCH_H
#define SERVER_ROLES_ROOM_WATCH_H

#include <stdbool.h>
#include <stdint.h>

struct health;
struct media_store;
struct redis_sync;
struct work_pool;

struct room_watch {
    struct media_store *media;  /* borrowed, as the next two */
    struct work_pool *database; /* its context is the writer */
    struct health *health;      /* is_short_of_room is set */
    bool is_redis_local;        /* it writes on the same disk */
    /* room_watch.c's own; all times are monotonic */
    bool is_short;
    int64_t short_at_ms;
    int64_t next_rewrite_ms;
    int64_t next_shrink_ms;
};

/* Looks at the disk, and logs when something has changed. false: issue nothing now. */
bool room_watch_look(struct room_watch *w, struct redis_sync *redis);

#endif
