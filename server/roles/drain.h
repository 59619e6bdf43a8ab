// SPDX-License-Identifier: GPL-3.0-or-later
/* drain.h - the core's thread that brings watch progress from Redis to SQLite every few seconds. */
#ifndef SERVER_ROLES_DRAIN_H
#define SERVER_ROLES_DRAIN_H

struct drain; /* opaque */
struct work_pool;

enum { DRAIN_INTERVAL_MS = 5000 };

/* Copies redis_address, borrows the database's pool. Returns 0 and a drain that drain_stop() ends,
 * or ERR_INVALID, ERR_NO_MEMORY. */
int drain_start(const char *redis_address, struct work_pool *database, struct drain **ret_drain);

/* Drains what is there one last time, if Redis answers, and ends. NULL is allowed. */
void drain_stop(struct drain *drain);

#endif
