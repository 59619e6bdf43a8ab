// SPDX-License-Identifier: GPL-3.0-or-later
/* db_call.h - a blocking call on the database's thread, for the roles' own threads. */
#ifndef SERVER_ROLES_DB_CALL_H
#define SERVER_ROLES_DB_CALL_H

struct db;
struct work_pool;

/* Runs fn(db, arg) on the pool whose context is the writer, waits, and returns what it returned;
 * ERR_UNAVAILABLE when the pool is stopping. */
int db_call(struct work_pool *database, int (*fn)(struct db *db, void *arg), void *arg);

#endif
