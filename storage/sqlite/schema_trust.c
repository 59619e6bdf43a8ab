// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sqlite/schema_trust.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/embedded_text.h"
#include "common/err.h"
#include "common/slice.h"
#include "storage/sqlite/db_internal.h"
#include "storage/sqlite/db_query.h"

/* SQLite keeps such statements as they were written. A whole one stands between the beginning of a
 * line and a semicolon. */
static bool is_statement_of(const char *text, struct slice sql)
{
    const char *end = text + strlen(text);
    const char *at = text;

    while ((at = memmem(at, (size_t)(end - at), sql.data, sql.length))) {
        if ((at == text || at[-1] == '\n') && at[sql.length] == ';')
            return true;
        at++;
    }
    return false;
}

static bool is_in_migrations(const struct embedded_text *migrations, struct slice sql)
{
    for (const struct embedded_text *m = migrations; sql.length > 0 && m->name; m++)
        if (is_statement_of(m->text, sql))
            return true;
    return false;
}

/* Stores whether there is anything at all. */
static int check_each(struct db *db, const struct embedded_text *migrations, bool *ret_any)
{
    CLEANUP(query_end)
    struct query q = query_start(db, "SELECT type, name, sql FROM sqlite_schema"
                                     " WHERE type IN ('trigger', 'view')"
                                     " OR (type = 'table' AND sql LIKE 'CREATE VIRTUAL%')");
    int err;

    *ret_any = false;
    while ((err = query_next(&q)) == 0) {
        const struct slice type = query_read_slice(&q), name = query_read_slice(&q);
        if (!is_in_migrations(migrations, query_read_slice(&q))) {
            (void)snprintf(db->failure, sizeof db->failure, "the %.*s %.*s is not ours",
                           SLICE_ARGS(type), SLICE_ARGS(name));
            return ERR_CORRUPT;
        }
        *ret_any = true;
    }
    return err == ERR_NOT_FOUND ? 0 : err;
}

int schema_trust(struct db *db, const struct embedded_text *migrations)
{
    bool any = false;

    const int err = check_each(db, migrations, &any);
    if (err)
        return err;
    db->is_schema_trusted = any;
    return db_apply_schema(db, true);
}
