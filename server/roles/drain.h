// SPDX-License-Identifier: GPL-3.0-or-later
/* drain.h - the core's thread that brings watch progress from Redis to SQLite every second:
 * so long is what a Redis that loses its data costs. */
#ifndef SERVER_ROLES_DRAIN_H
#define SERVER_ROLES_DRAIN_H

struct drain; /* opaque */
struct alarms;
struct health;
struct work_pool;

enum { DRAIN_INTERVAL_MS = 1000 };

/* Copies redis_address, borrows the rest. Returns 0 and a drain that drain_stop() ends,
 * or ERR_INVALID, ERR_NO_MEMORY. */
int drain_start(const char *redis_address, struct work_pool *database, struct health *health,
                struct alarms *alarms, struct drain **ret_drain);

/* Drains what is there one last time, if Redis answers, and ends. NULL is allowed. */
void drain_stop(struct drain *drain);

#endif
