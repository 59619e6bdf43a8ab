// SPDX-License-Identifier: GPL-3.0-or-later
/* rows.h - what a query gives, as structs; for the stores alone.
 *
 *     CLEANUP(query_end) struct query q = query_start(db, "SELECT id, login FROM users ...");
 *     query_bind_text(&q, after);
 *     query_bind_rows(&q, page);
 *     return query_list(&q, read_user, sizeof(struct user), arena, ret_users, ret_n);
 *
 * Functions return 0 or fail as query_next does; then no output has changed. */
#ifndef STORAGE_SQLITE_ROWS_H
#define STORAGE_SQLITE_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "storage/sqlite/db_query.h"
#include "storage/sqlite/list_page.h"

/* Reads the columns of the current row, from left to right, into a struct of zeros. What fails
 * sticks in the query. What it borrows from the row lasts until the next step. */
typedef void query_row_fn(struct query *q, void *row);

enum { QUERY_ROW_SIZE = 8192 }; /* of the largest struct for query_one */

/* The first row; ERR_NOT_FOUND when there is none. */
int query_one(struct query *q, query_row_fn *read, void *ret_row, size_t row_size);

/* All rows, as an array in the arena (NULL for none). ret_rows points to a pointer to the struct.
 */
int query_list(struct query *q, query_row_fn *read, size_t row_size, struct arena *arena,
               void *ret_rows, size_t *ret_n);

/* The first column of the first row: a count, or a number that was returned. */
int query_number(struct query *q, int64_t *ret_number);

/* Binds how many rows a page is to be asked for: one more than it shows, which tells whether there
 * is a next page. */
void query_bind_rows(struct query *q, const struct list_page *page);

#endif
