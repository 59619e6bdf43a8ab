// SPDX-License-Identifier: GPL-3.0-or-later
/* db_internal.h - what a connection is made of; for the files of this
 * folder alone. */
#ifndef STORAGE_SQLITE_DB_INTERNAL_H
#define STORAGE_SQLITE_DB_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sqlite3.h>

enum {
    DB_STATEMENT_CHAINS = 256,
    DB_MAX_STATEMENTS = 1024, /* prepared ones kept; the stores have about a tenth as many */
    DB_FAILURE_SIZE = 256,
};

struct db_statement {
    struct db_statement *next; /* in its chain; owned */
    const char *sql;           /* a constant: its address is the key */
    sqlite3_stmt *prepared;
    bool is_busy; /* a query is running it */
};

struct db {
    sqlite3 *handle; /* owned */
    bool is_writer;
    bool is_schema_trusted; /* there are triggers or views, all ours: schema_trust.h */
    int64_t give_up_ms; /* monotonic: statements that still run then are interrupted; 0: never */
    int depth;          /* open transactions: 0 none, 1 a real one, more are savepoints */
    size_t n_statements;
    struct db_statement *statements[DB_STATEMENT_CHAINS]; /* owned; by the address of their SQL */
    char failure[DB_FAILURE_SIZE];
};

/* Remembers SQLite's words and turns its code into ours. Never 0. */
int db_fail(struct db *db, int code);

/* Ends all statements that are kept; none is running. */
void db_forget_statements(struct db *db);

/* Runs constant statements without parameters and results. Returns 0 or a failure as db.h says. */
int db_execute(struct db *db, const char *sql);

/* A connection with what SQL may do cut down, to a file as it is: no version is asked for and none
 * made. Returns 0 or a failure as db.h says. */
int db_open_bare(const char *path, bool is_writer, struct db **ret_db);

/* Runs one of SQLite's own checks of the file. Returns 0, or ERR_CORRUPT with its verdict. */
int db_check_pages(struct db *db, const char *sql);

/* The version of the tables, as a number: schema.h says what it means. Set it inside the
 * transaction that makes it true. */
int db_read_version(struct db *db, int64_t *ret_version);
int db_set_version(struct db *db, int64_t version);

/* Whether the schema acts by itself: foreign keys are enforced, and triggers that are trusted fire.
 * Not within a transaction. */
int db_apply_schema(struct db *db, bool is_on);

/* Whether SQLite has rolled back the open transaction by itself, as it does when the disk is full:
 * nothing more may be written as if the transaction were still there. */
bool db_has_lost_transaction(const struct db *db);

#endif
