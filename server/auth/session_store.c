// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/auth/session_store.h"

#include "common/err.h"
#include "server/auth/device_store.h"
#include "server/auth/user_row.h"
#include "storage/sqlite/db.h"
#include "storage/sqlite/rows.h"

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

struct user_until {
    struct user user;
    int64_t expires_at_ms;
};

static void read_user_until(struct query *q, void *row)
{
    struct user_until *found = row;

    user_row_read(q, &found->user);
    found->expires_at_ms = query_read_int(q);
}

int session_store_find(struct db *db, const uint8_t token_sha256[SHA256_BYTES], int64_t now_ms,
                       struct user *ret_user, int64_t *ret_expires_at_ms)
{
    struct user_until found;

    CLEANUP(query_end)
    struct query q =
        query_start(db, "SELECT " USER_COLUMNS
                        ", expires_at_ms FROM sessions JOIN users ON user_id = users.id"
                        " WHERE token_sha256 = ? AND expires_at_ms > ?");
    query_bind_bytes(&q, token_sha256, SHA256_BYTES);
    query_bind_int(&q, now_ms);
    const int err = query_one(&q, read_user_until, &found, sizeof found);
    if (err)
        return err;
    *ret_user = found.user;
    *ret_expires_at_ms = found.expires_at_ms;
    return 0;
}

int session_store_delete(struct db *db, const uint8_t token_sha256[SHA256_BYTES])
{
    CLEANUP(query_end)
    struct query q = query_start(db, "DELETE FROM sessions WHERE token_sha256 = ?");

    query_bind_bytes(&q, token_sha256, SHA256_BYTES);
    return query_run(&q);
}

int session_store_delete_expired(struct db *db, int64_t before_ms, int64_t *ret_n)
{
    CLEANUP(query_end)
    struct query q =
        query_start(db, "DELETE FROM sessions WHERE token_sha256 IN (SELECT token_sha256"
                        " FROM sessions WHERE expires_at_ms <= ? LIMIT ?)");

    query_bind_int(&q, before_ms);
    query_bind_int(&q, DELETE_AT_ONCE);
    const int err = query_run(&q);
    if (err)
        return err;
    *ret_n = query_n_changed(&q);
    return 0;
}

/* The password may have been changed while it was looked at: that ended all sessions, and it is not
 * for an old password to start another. */
static int confirm_password(struct db *db, const struct sign_in *s)
{
    CLEANUP(query_end)
    struct query q =
        query_start(db, "UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ?");

    query_bind_text(&q, s->new_hash ? s->new_hash : s->password_hash);
    query_bind_text(&q, s->user_id);
    query_bind_text(&q, s->password_hash);
    const int err = query_run_found(&q);
    return err == ERR_NOT_FOUND ? ERR_CONFLICT : err;
}

static int make_room(struct db *db, const char *user_id)
{
    CLEANUP(query_end)
    struct query q = query_start(db, "DELETE FROM sessions WHERE user_id = ?1 AND token_sha256 IN"
                                     " (SELECT token_sha256 FROM sessions WHERE user_id = ?1"
                                     "  ORDER BY created_at_ms DESC LIMIT -1 OFFSET ?2)");

    query_bind_text(&q, user_id);
    query_bind_int(&q, SESSIONS_PER_USER - 1);
    return query_run(&q);
}

int session_store_sign_in(struct db *db, const struct sign_in *s)
{
    CLEANUP(db_rollback) struct db *open = NULL;

    int err = db_begin(db, &open);
    if (!err)
        err = confirm_password(db, s);
    if (!err && s->old_sha256)
        err = session_store_delete(db, s->old_sha256);
    if (!err)
        err = make_room(db, s->user_id);
    if (!err)
        err = session_store_add(db, s->token_sha256, s->user_id, s->now_ms, s->expires_at_ms);
    if (!err)
        err = device_store_note(db, s->user_id, s->device_sha256, s->now_ms);
    return err ? err : db_commit(&open);
}
