// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/auth/device_store.h"

#include "common/err.h"
#include "storage/sqlite/db.h"
#include "storage/sqlite/db_query.h"

int device_store_find(struct db *db, const char *user_id, const uint8_t device_sha256[SHA256_BYTES])
{
    CLEANUP(query_end)
    struct query q =
        query_start(db, "SELECT 1 FROM devices WHERE user_id = ? AND device_sha256 = ?");

    query_bind_text(&q, user_id);
    query_bind_bytes(&q, device_sha256, SHA256_BYTES);
    return query_next(&q);
}

int device_store_find_any(struct db *db, const uint8_t device_sha256[SHA256_BYTES])
{
    CLEANUP(query_end)
    struct query q = query_start(db, "SELECT 1 FROM devices WHERE device_sha256 = ?");

    query_bind_bytes(&q, device_sha256, SHA256_BYTES);
    return query_next(&q);
}

static int put(struct db *db, const char *user_id, const uint8_t device_sha256[SHA256_BYTES],
               int64_t now_ms)
{
    CLEANUP(query_end)
    struct query q = query_start(
        db, "INSERT INTO devices (user_id, device_sha256, created_at_ms, used_at_ms, use_number)"
            " VALUES (?1, ?2, ?3, ?4,"
            "  1 + ifnull((SELECT max(use_number) FROM devices WHERE user_id = ?1), 0))"
            " ON CONFLICT DO UPDATE SET used_at_ms = excluded.used_at_ms,"
            "  use_number = excluded.use_number");

    query_bind_text(&q, user_id);
    query_bind_bytes(&q, device_sha256, SHA256_BYTES);
    query_bind_int(&q, now_ms);
    query_bind_int(&q, now_ms);
    return query_run(&q);
}

static int make_room(struct db *db, const char *user_id)
{
    CLEANUP(query_end)
    struct query q =
        query_start(db, "DELETE FROM devices WHERE user_id = ?1 AND device_sha256 NOT IN"
                        " (SELECT device_sha256 FROM devices WHERE user_id = ?1"
                        "  ORDER BY use_number DESC LIMIT ?2)");

    query_bind_text(&q, user_id);
    query_bind_int(&q, DEVICES_PER_USER);
    return query_run(&q);
}

int device_store_note(struct db *db, const char *user_id, const uint8_t device_sha256[SHA256_BYTES],
                      int64_t now_ms)
{
    CLEANUP(db_rollback) struct db *open = NULL;

    int err = db_begin(db, &open);
    if (!err)
        err = put(db, user_id, device_sha256, now_ms);
    if (!err)
        err = make_room(db, user_id);
    return err ? err : db_commit(&open);
}
