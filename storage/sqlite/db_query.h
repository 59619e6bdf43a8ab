// SPDX-License-Identifier: GPL-3.0-or-later
/* db_query.h - one run of one SQL statement; for the stores alone.
 *
 *     CLEANUP(query_end) struct query q =
 *         query_start(db, "SELECT name FROM users WHERE id = ?");
 *     query_bind_text(&q, id);
 *     const int err = query_next(&q);
 *     if (err)
 *         return err;
 *     query_read_text(&q, name, sizeof name);
 *     return q.err;
 *
 * Parameters are bound and columns are read from left to right. The first failure sticks in `err`:
 * binding and reading never return a code, and running then returns it. Values are always bound:
 * the SQL is a string constant, whose address is also the key under which the prepared statement
 * is kept for as long as the connection. */
#ifndef STORAGE_SQLITE_DB_QUERY_H
#define STORAGE_SQLITE_DB_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "common/slice.h"

struct db;
struct db_statement;
struct sqlite3_stmt;

struct query {
    struct db *db;
    struct sqlite3_stmt *statement; /* NULL when it could not be prepared */
    struct db_statement *kept;      /* its place in the connection; NULL when it has none */
    int n_bound;
    int n_read;
    int err; /* 0, or the first failure */
};

/* Fails with ERR_TOO_LARGE on a connection that keeps a thousand statements already: there are not
 * so many constants. */
struct query query_start(struct db *db, const char *sql);

/* Text and bytes are borrowed until query_end. */
void query_bind_text(struct query *q, const char *text);
void query_bind_optional(struct query *q, const char *text); /* NULL for "" */
void query_bind_slice(struct query *q, struct slice text);
void query_bind_int(struct query *q, int64_t value);
void query_bind_bytes(struct query *q, const void *data, size_t length);

/* The parameter with this name, ":limit"; nothing happens when the statement has none. Not together
 * with parameters that are bound by their places. */
void query_bind_named_text(struct query *q, const char *name, const char *text);
void query_bind_named_int(struct query *q, const char *name, int64_t value);

/* Steps to the next row. Returns 0, ERR_NOT_FOUND when there is none, or a failure:
 *   ERR_EXISTS     a unique value is there already
 *   ERR_CONFLICT   a row that is referred to is not there, or is still referred to
 *   ERR_INVALID    a value breaks a CHECK
 *   and those of db.h */
int query_next(struct query *q);

/* For statements that change rows: runs to the end. */
int query_run(struct query *q);

/* The same; ERR_NOT_FOUND when no row was changed. */
int query_run_found(struct query *q);

/* The current row's next column. NULL reads as 0, "" and nothing. A text that does not fit,
 * holds a NUL or is not UTF-8 is ERR_CORRUPT. */
int64_t query_read_int(struct query *q);
void query_read_text(struct query *q, char *buffer, size_t size);
struct slice query_read_slice(struct query *q); /* text; valid until the next step */
struct slice query_read_bytes(struct query *q); /* a BLOB; valid until the next step */

/* One column that is a word of a table: its index among n names. Unknown is ERR_CORRUPT. */
int query_read_name(struct query *q, const char *const names[], int n);

/* Ends the run; the statement is kept. NULL-safe as all cleanups. */
void query_end(struct query *q);

static inline void query_end_cleanup(struct query *q)
{
    query_end(q);
}

/* Rows changed by the last statement that ran to its end. */
int64_t query_n_changed(const struct query *q);

#endif
