// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/session_store.h"

#include "common/err.h"
#include "storage/db.h"
#include "storage/db_query.h"
#include "storage/user_row.h"

enum { DELETE_AT_ONCE = 1000 }; /* a transaction that is short for others who wait to write */

int session_store_add(struct db *db, const uint8_t token_sha256[SHA256_BYTES], const char *user_id,
                      int64_t now_ms, int64_t expires_at_ms)
{
    CLEANUP(query_end)
    struct query q =
        query_start(db, "INSERT INTO sessions (token_sha256, user_id, created_at_ms, expires_at_ms)"
                        " VALUES (?, ?, ?, ?)");

    query_bind_bytes(&q, token_sha256, SHA256_BYTES);
    query_bind_text(&q, user_id);
    query_bind_int(&q, now_ms);
    query_bind_int(&q, expires_at_ms);
    return query_run(&q);
}

int session_store_find(struct db *db, const uint8_t token_sha256[SHA256_BYTES], int64_t now_ms,
                       struct user *ret_user, int64_t *ret_expires_at_ms)
{
    struct user user;

    CLEANUP(query_end)
    struct query q =
        query_start(db, "SELECT " USER_COLUMNS
                        ", expires_at_ms FROM sessions JOIN users ON user_id = users.id"
                        " WHERE token_sha256 = ? AND expires_at_ms > ?");
    query_bind_bytes(&q, token_sha256, SHA256_BYTES);
    query_bind_int(&q, now_ms);
    const int err = query_next(&q);
    if (err)
        return err;
    user_row_read(&q, &user);
    const int64_t expires_at_ms = query_read_int(&q);
    if (q.err)
        return q.err;
    *ret_user = user;
    *ret_expires_at_ms = expires_at_ms;
    return 0;
}

int session_store_delete(struct db *db, const uint8_t token_sha256[SHA256_BYTES])
{
    CLEANUP(query_end)
    struct query q = query_start(db, "DELETE FROM sessions WHERE token_sha256 = ?");

    query_bind_bytes(&q, token_sha256, SHA256_BYTES);
    return query_run(&q);
}

int session_store_delete_expired(struct db *db, int64_t now_ms, int64_t *ret_n)
{
    CLEANUP(query_end)
    struct query q =
        query_start(db, "DELETE FROM sessions WHERE token_sha256 IN (SELECT token_sha256"
                        " FROM sessions WHERE expires_at_ms <= ? LIMIT ?)");

    query_bind_int(&q, now_ms);
    query_bind_int(&q, DELETE_AT_ONCE);
    const int err = query_run(&q);
    if (err)
        return err;
    *ret_n = query_n_changed(&q);
    return 0;
}
