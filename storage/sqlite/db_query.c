// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sqlite/db_query.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "storage/sqlite/db_internal.h"

static struct db_statement **chain_of(struct db *db, const char *sql)
{
    const uint64_t mixed = (uint64_t)(uintptr_t)sql * UINT64_C(0x9e3779b97f4a7c15);

    return &db->statements[mixed >> 56];
}

static_assert(DB_STATEMENT_CHAINS == 1 << 8, "chain_of() takes as many bits");

/* The kept statement for this constant, or a new place for it. Returns 0, ERR_TOO_LARGE when all
 * places are taken: SQL that is not a constant would take one for each run. */
static int find_place(struct db *db, const char *sql, struct db_statement **ret_place)
{
    struct db_statement **chain = chain_of(db, sql);

    for (struct db_statement *s = *chain; s; s = s->next) {
        if (s->sql == sql) {
            *ret_place = s;
            return 0;
        }
    }
    if (db->n_statements == DB_MAX_STATEMENTS) {
        (void)snprintf(db->failure, sizeof db->failure, "more than %d statements are kept: %.100s",
                       DB_MAX_STATEMENTS, sql);
        return ERR_TOO_LARGE;
    }
    struct db_statement *place = malloc(sizeof *place);
    if (!place)
        return ERR_NO_MEMORY;
    *place = (struct db_statement){.sql = sql, .next = *chain};
    *chain = place;
    db->n_statements++;
    *ret_place = place;
    return 0;
}

void db_forget_statements(struct db *db)
{
    for (size_t i = 0; i < DB_STATEMENT_CHAINS; i++) {
        for (struct db_statement *s; (s = db->statements[i]);) {
            db->statements[i] = s->next;
            (void)sqlite3_finalize(s->prepared);
            free(s);
        }
    }
    db->n_statements = 0;
}

static int prepare(struct db *db, const char *sql, unsigned flags, sqlite3_stmt **ret_statement)
{
    const int code = sqlite3_prepare_v3(db->handle, sql, -1, flags, ret_statement, NULL);

    return code == SQLITE_OK ? 0 : db_fail(db, code);
}

struct query query_start(struct db *db, const char *sql)
{
    struct query q = {.db = db};
    struct db_statement *place = NULL;

    q.err = db_has_lost_transaction(db) ? ERR_IO : find_place(db, sql, &place);
    if (q.err)
        return q;
    if (place->is_busy) { /* runs within itself: this run gets a statement of its own */
        q.err = prepare(db, sql, 0, &q.statement);
        return q;
    }
    if (!place->prepared)
        q.err = prepare(db, sql, SQLITE_PREPARE_PERSISTENT, &place->prepared);
    if (q.err)
        return q;
    q.statement = place->prepared;
    q.kept = place;
    place->is_busy = true;
    return q;
}

static void note_bound(struct query *q, int code)
{
    if (code != SQLITE_OK)
        q->err = db_fail(q->db, code);
}

void query_bind_slice(struct query *q, struct slice text)
{
    if (q->err)
        return;
    note_bound(q, sqlite3_bind_text64(q->statement, ++q->n_bound, text.data ? text.data : "",
                                      text.length, SQLITE_STATIC, SQLITE_UTF8));
}

void query_bind_text(struct query *q, const char *text)
{
    query_bind_slice(q, slice_from(text));
}

void query_bind_optional(struct query *q, const char *text)
{
    if (text[0])
        query_bind_text(q, text);
    else
        q->n_bound++; /* unbound is NULL */
}

void query_bind_int(struct query *q, int64_t value)
{
    if (!q->err)
        note_bound(q, sqlite3_bind_int64(q->statement, ++q->n_bound, value));
}

void query_bind_named_text(struct query *q, const char *name, const char *text)
{
    const int place = q->err ? 0 : sqlite3_bind_parameter_index(q->statement, name);

    if (place > 0)
        note_bound(q, sqlite3_bind_text(q->statement, place, text, -1, SQLITE_STATIC));
}

void query_bind_named_int(struct query *q, const char *name, int64_t value)
{
    const int place = q->err ? 0 : sqlite3_bind_parameter_index(q->statement, name);

    if (place > 0)
        note_bound(q, sqlite3_bind_int64(q->statement, place, value));
}

void query_bind_bytes(struct query *q, const void *data, size_t length)
{
    if (!q->err)
        note_bound(q, sqlite3_bind_blob64(q->statement, ++q->n_bound, length ? data : "", length,
                                          SQLITE_STATIC));
}

int query_next(struct query *q)
{
    if (q->err)
        return q->err;
    q->n_read = 0;
    const int code = sqlite3_step(q->statement);
    if (code == SQLITE_ROW)
        return 0;
    if (code == SQLITE_DONE)
        return ERR_NOT_FOUND;
    q->err = db_fail(q->db, code);
    return q->err;
}

int query_run(struct query *q)
{
    int err = 0;

    while (!err)
        err = query_next(q);
    return err == ERR_NOT_FOUND && !q->err ? 0 : err;
}

int query_run_found(struct query *q)
{
    const int err = query_run(q);

    if (err)
        return err;
    return query_n_changed(q) > 0 ? 0 : ERR_NOT_FOUND;
}

int64_t query_n_changed(const struct query *q)
{
    return sqlite3_changes64(q->db->handle);
}

int64_t query_read_int(struct query *q)
{
    return q->err ? 0 : sqlite3_column_int64(q->statement, q->n_read++);
}

struct slice query_read_slice(struct query *q)
{
    if (q->err)
        return slice_of(NULL, 0);
    const int column = q->n_read++;
    const unsigned char *text = sqlite3_column_text(q->statement, column);
    if (!text) {
        if (sqlite3_errcode(q->db->handle) == SQLITE_NOMEM)
            q->err = ERR_NO_MEMORY;
        return slice_of(NULL, 0);
    }
    return slice_of((const char *)text, (size_t)sqlite3_column_bytes(q->statement, column));
}

static bool is_utf8(struct slice text)
{
    uint32_t character;

    while (text.length > 0) {
        const size_t length = slice_first_char(text, &character);
        if (length == 0)
            return false;
        text = slice_skip(text, length);
    }
    return true;
}

void query_read_text(struct query *q, char *buffer, size_t size)
{
    const struct slice text = query_read_slice(q);

    if (!q->err && (slice_to_cstr(text, buffer, size) || !is_utf8(text)))
        q->err = ERR_CORRUPT;
}

struct slice query_read_bytes(struct query *q)
{
    if (q->err)
        return slice_of(NULL, 0);
    const int column = q->n_read++;
    const char *data = sqlite3_column_blob(q->statement, column);
    return slice_of(data, (size_t)sqlite3_column_bytes(q->statement, column));
}

int query_read_name(struct query *q, const char *const names[], int n)
{
    const struct slice text = query_read_slice(q);

    for (int i = 0; i < n; i++)
        if (!q->err && slice_is(text, names[i]))
            return i;
    if (!q->err)
        q->err = ERR_CORRUPT;
    return 0;
}

void query_end(struct query *q)
{
    if (!q->statement)
        return;
    if (q->kept) {
        (void)sqlite3_reset(q->statement);
        (void)sqlite3_clear_bindings(q->statement);
        q->kept->is_busy = false;
    } else {
        (void)sqlite3_finalize(q->statement);
    }
    q->statement = NULL;
}
