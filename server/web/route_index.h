// SPDX-License-Identifier: GPL-3.0-or-later
/* route_index.h - finds the row of a path: a tree of path parts, made once at the start from all
 * tables. Looking up takes as many steps as the path has parts, whatever the number of rows, and
 * allocates nothing. A part that a row names goes before one that it leaves open. */
#ifndef SERVER_WEB_ROUTE_INDEX_H
#define SERVER_WEB_ROUTE_INDEX_H

#include "server/web/route.h"

struct buf;
struct route_index; /* opaque; immutable: for all threads */

/* Borrows the tables. Returns 0; ERR_INVALID when a row is wrong, with the fault appended: two rows
 * for one request, more than ROUTE_MAX_PARAMS open parts, a policy of objects without a kind or the
 * other way round, a pattern that can never match; or ERR_NO_MEMORY. */
int route_index_new(const struct route_table *const *tables, size_t n_tables, struct buf *fault,
                    struct route_index **ret_index);
void route_index_free(struct route_index *index);

/* The row for this method (GET also answers HEAD), or NULL; params are borrowed from path. Without
 * a row, *ret_allowed has a bit (1 << method) for every method that the path has: 0 means that
 * there is no such path. */
const struct route *route_index_find(const struct route_index *index, enum http_method method,
                                     struct slice path, struct slice params[ROUTE_MAX_PARAMS],
                                     unsigned *ret_allowed);

#endif
