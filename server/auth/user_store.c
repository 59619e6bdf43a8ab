// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/auth/user_store.h"

#include <string.h>

#include "common/err.h"
#include "server/auth/user_row.h"
#include "storage/sqlite/db.h"
#include "storage/sqlite/rows.h"

const char *const ROLE_NAMES[] = {
    [ROLE_LEARNER] = "learner",
    [ROLE_AMBASSADOR] = "ambassador",
    [ROLE_INSTRUCTOR] = "instructor",
    [ROLE_ADMIN] = "admin",
    [N_ROLES] = NULL,
};

const char *role_name(enum role role)
{
    return ROLE_NAMES[role];
}

int role_from_name(struct slice name, enum role *ret_role)
{
    for (int i = 0; i < N_ROLES; i++) {
        if (slice_is(name, ROLE_NAMES[i])) {
            *ret_role = (enum role)i;
            return 0;
        }
    }
    return ERR_INVALID;
}

bool user_login_is_valid(struct slice s)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789._-@+";

    if (s.length == 0 || s.length >= USER_LOGIN_SIZE)
        return false;
    for (size_t i = 0; i < s.length; i++)
        if (s.data[i] == '\0' || !strchr(allowed, s.data[i]))
            return false;
    return true;
}

void user_login_lower(struct slice login, char lower[USER_LOGIN_SIZE])
{
    size_t n = 0;

    for (; n < login.length && n < USER_LOGIN_SIZE - 1; n++) {
        const char c = login.data[n];
        lower[n] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    lower[n] = '\0';
}

static bool is_name(struct slice s)
{
    return s.length > 0 && s.length < USER_NAME_SIZE && slice_is_plain_utf8(s);
}

static bool is_password_hash(const char *text)
{
    const size_t length = strlen(text);

    return length > 0 && length < PASSWORD_HASH_SIZE;
}

void user_row_read(struct query *q, void *row)
{
    struct user *user = row;

    query_read_text(q, user->id, sizeof user->id);
    query_read_text(q, user->login, sizeof user->login);
    query_read_text(q, user->name, sizeof user->name);
    user->role = (enum role)query_read_name(q, ROLE_NAMES, N_ROLES);
    user->created_at_ms = query_read_int(q);
}

int user_store_add(struct db *db, const struct user *user, const char *password_hash)
{
    if (!user_login_is_valid(slice_from(user->login)) || !is_name(slice_from(user->name)) ||
        !id_is_valid(slice_from(user->id)) || !is_password_hash(password_hash))
        return ERR_INVALID;
    CLEANUP(query_end)
    struct query q =
        query_start(db, "INSERT INTO users (id, login, name, role, created_at_ms, password_hash)"
                        " VALUES (?, ?, ?, ?, ?, ?)");
    query_bind_text(&q, user->id);
    query_bind_text(&q, user->login);
    query_bind_text(&q, user->name);
    query_bind_text(&q, role_name(user->role));
    query_bind_int(&q, user->created_at_ms);
    query_bind_text(&q, password_hash);
    return query_run(&q);
}

struct user_and_hash {
    struct user user;
    char hash[PASSWORD_HASH_SIZE];
};

static void read_user_and_hash(struct query *q, void *row)
{
    struct user_and_hash *found = row;

    user_row_read(q, &found->user);
    query_read_text(q, found->hash, sizeof found->hash);
}

int user_store_find_by_login(struct db *db, struct slice login, struct user *ret_user,
                             char password_hash[PASSWORD_HASH_SIZE])
{
    struct user_and_hash row;

    if (!user_login_is_valid(login))
        return ERR_NOT_FOUND;
    CLEANUP(query_end)
    struct query q =
        query_start(db, "SELECT " USER_COLUMNS ", password_hash FROM users WHERE login = ?");
    query_bind_slice(&q, login);
    const int err = query_one(&q, read_user_and_hash, &row, sizeof row);
    if (err)
        return err;
    *ret_user = row.user;
    if (password_hash)
        memcpy(password_hash, row.hash, sizeof row.hash);
    return 0;
}

int user_store_find(struct db *db, const char *id, struct user *ret_user)
{
    CLEANUP(query_end)
    struct query q = query_start(db, "SELECT " USER_COLUMNS " FROM users WHERE id = ?");

    query_bind_text(&q, id);
    return query_one(&q, user_row_read, ret_user, sizeof *ret_user);
}

static int delete_of_user(struct db *db, const char *sql, const char *user_id)
{
    CLEANUP(query_end) struct query q = query_start(db, sql);

    query_bind_text(&q, user_id);
    return query_run(&q);
}

/* Sets one column of one user (sql binds value, then id) and ends the user's sessions. */
static int change(struct db *db, const char *sql, const char *value, const char *id)
{
    CLEANUP(db_rollback) struct db *open = NULL;

    int err = db_begin(db, &open);
    if (err)
        return err;
    CLEANUP(query_end) struct query q = query_start(db, sql);
    query_bind_text(&q, value);
    query_bind_text(&q, id);
    err = query_run_found(&q);
    if (!err)
        err = delete_of_user(db, "DELETE FROM sessions WHERE user_id = ?", id);
    return err ? err : db_commit(&open);
}

int user_store_set_password(struct db *db, const char *id, const char *password_hash)
{
    CLEANUP(db_rollback) struct db *open = NULL;

    if (!is_password_hash(password_hash))
        return ERR_INVALID;
    int err = db_begin(db, &open);
    if (!err)
        err = change(db, "UPDATE users SET password_hash = ? WHERE id = ?", password_hash, id);
    if (!err)
        err = delete_of_user(db, "DELETE FROM devices WHERE user_id = ?", id);
    return err ? err : db_commit(&open);
}

int user_store_set_role(struct db *db, const char *id, enum role role)
{
    return change(db, "UPDATE users SET role = ? WHERE id = ?", role_name(role), id);
}

int user_store_list(struct db *db, const struct list_page *page, struct arena *arena,
                    struct user **ret_users, size_t *ret_n)
{
    CLEANUP(query_end)
    struct query q = query_start(db, "SELECT " USER_COLUMNS " FROM users WHERE login > ?"
                                     " AND id <> '" SYSTEM_USER_ID "' ORDER BY login LIMIT ?");
    query_bind_text(&q, page->is_first ? "" : page->after.text);
    query_bind_rows(&q, page);
    return query_list(&q, user_row_read, sizeof(struct user), arena, ret_users, ret_n);
}

int user_store_count(struct db *db, int64_t *ret_n)
{
    CLEANUP(query_end) struct query q = query_start(db, "SELECT count(*) FROM users");

    return query_number(&q, ret_n);
}
