// SPDX-License-Identifier: GPL-3.0-or-later
/* user_row.h - a row of users as a struct, for the stores that join with it. */
#ifndef SERVER_AUTH_USER_ROW_H
#define SERVER_AUTH_USER_ROW_H

#include "server/auth/user_store.h"
#include "storage/sqlite/db_query.h"

/* In the order in which user_row_read reads them into a struct user (query_row_fn). */
#define USER_COLUMNS "users.id, users.login, users.name, users.role, users.created_at_ms"

void user_row_read(struct query *q, void *row);

#endif
