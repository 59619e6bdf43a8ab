// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/json_writer.h"
#include "server/features/announcements/announcements.h"
#include "storage/sqlite/db_query.h"

static void write_row(const struct call *call, struct query *q, struct buf *json,
                      struct list_key *key)
{
    (void)call;
    query_read_text(q, key->id, sizeof key->id);
    json_put_text(json, "id", key->id);
    json_put_slice(json, "text", query_read_slice(q));
    json_put_time(json, "made_at", query_read_int(q));
    const int64_t withdrawn_at_ms = query_read_int(q); /* 0 for NULL */
    if (withdrawn_at_ms)
        json_put_time(json, "withdrawn_at", withdrawn_at_ms);
}

const struct list ANNOUNCEMENT_LIST = {
    "announcements", LIST_BY_AGE,
    "SELECT id, text, made_at_ms, withdrawn_at_ms FROM announcements"
    " WHERE id < :id AND (withdrawn_at_ms IS NULL OR :show_all)"
    " ORDER BY id DESC LIMIT :limit",
    write_row};

int announcement_store_add(struct db *db, const char *id, const char *text, int64_t now_ms)
{
    CLEANUP(query_end)
    struct query q =
        query_start(db, "INSERT INTO announcements (id, text, made_at_ms) VALUES (?, ?, ?)");

    query_bind_text(&q, id);
    query_bind_text(&q, text);
    query_bind_int(&q, now_ms);
    return query_run(&q);
}

int announcement_store_withdraw(struct db *db, const char *id, int64_t now_ms)
{
    CLEANUP(query_end)
    struct query q = query_start(db, "UPDATE announcements SET withdrawn_at_ms = ?"
                                     " WHERE id = ? AND withdrawn_at_ms IS NULL");

    query_bind_int(&q, now_ms);
    query_bind_text(&q, id);
    return query_run_found(&q);
}
