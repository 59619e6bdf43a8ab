// SPDX-License-Identifier: GPL-3.0-or-later
/* private_redis.h - a redis-server of our own on a Unix socket in the data folder.
 *
 * Every write is on disk before it is answered (appendfsync always): a heartbeat that we confirmed
 * survives the death of Redis, too. The server dies with us, in order (SIGTERM), and holds a lock
 * meanwhile, so that our successor waits until the old one has let go of the files.
 *
 * Files that Redis does not take do not keep us from starting: redis_rescue.h says what becomes of
 * them. Redis writes its base as commands, not in its binary form: so it can be saved from, too. */
#ifndef SERVER_ROLES_PRIVATE_REDIS_H
#define SERVER_ROLES_PRIVATE_REDIS_H

#include <limits.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/buf.h"

struct data_dir;

enum { PRIVATE_REDIS_WAIT_MS = 20000 }; /* for an old one to end, and for a new one to load */

/* Starts it with at most max_bytes of memory (0: private_redis_default_bytes), beyond which it
 * refuses writes, and waits until it answers. Main thread: the child dies with the thread that
 * starts it. Returns 0, or, with one line for people in *message: ERR_NOT_FOUND there is no
 * redis-server, ERR_TIMEOUT it does not answer, ERR_CONFLICT an old one does not end, ERR_IO. */
int private_redis_start(const struct data_dir *dir, uint64_t max_bytes, pid_t *ret_pid,
                        struct buf *message);

/* A quarter of the machine's memory, at most 1 GiB. */
uint64_t private_redis_default_bytes(void);

/* "unix:DATA/redis/redis.sock" */
void private_redis_address(const struct data_dir *dir, char address[PATH_MAX]);

/* Asks it to end and waits. */
void private_redis_stop(pid_t pid);

#endif
