// SPDX-License-Identifier: GPL-3.0-or-later
/* Accounts, over the control socket alone: what `banmai user` asks for. */
#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "server/auth/attempts.h"
#include "server/auth/password.h"
#include "server/auth/user_store.h"
#include "server/features/accounts/accounts.h"
#include "server/features/accounts/user_json.h"
#include "server/http/exchange/problem.h"
#include "server/web/change.h"
#include "server/web/services.h"

_Static_assert((int)PASSWORD_PHC_SIZE <= (int)PASSWORD_HASH_SIZE, "what we hash can be stored");

enum { LOGIN_TAKEN, LOGIN_UNKNOWN, LOGIN_INVALID, PASSWORD_INVALID };

static const struct http_problem PROBLEMS[] = {
    [LOGIN_TAKEN] = {409, "login-taken",
                     HTTP_WORDS("There is an account with this login already",
                                "Đã có tài khoản với tên đăng nhập này"),
                     HTTP_NO_WORDS},
    [LOGIN_UNKNOWN] = {404, "not-found",
                       HTTP_WORDS("There is no account with this login",
                                  "Không có tài khoản nào với tên đăng nhập này"),
                       HTTP_NO_WORDS},
    [LOGIN_INVALID] = {400, "bad-request",
                       HTTP_WORDS("This cannot be a login", "Tên đăng nhập này không dùng được"),
                       HTTP_WORDS(
                           "The login needs 1 to 64 letters, digits or the characters . _ - @ +",
                           "Tên đăng nhập cần từ 1 đến 64 chữ cái, chữ số hoặc các dấu . _ - @ +")},
    [PASSWORD_INVALID] = {400, "bad-request",
                          HTTP_WORDS("This cannot be a password", "Mật khẩu này không dùng được"),
                          HTTP_WORDS("The password needs 8 to 128 characters, none of them NUL or "
                                     "another control character.",
                                     "Mật khẩu cần từ 8 đến 128 ký tự, không có ký tự NUL hay ký "
                                     "tự điều khiển nào.")},
};

/* What the bodies hold, and what is made of it. */
struct account {
    char login[USER_LOGIN_SIZE];
    char name[USER_NAME_SIZE];
    int role; /* enum role */
    char password[PASSWORD_TYPED_BYTES + 1];
    char hash[PASSWORD_HASH_SIZE];
    struct user user;
};

#define LOGIN_FIELD    FIELD(FIELD_TEXT, struct account, login, .max = 64, .is_required = true)
#define NAME_FIELD     FIELD(FIELD_TEXT, struct account, name, .max = 200)
#define ROLE_FIELD     FIELD(FIELD_WORD, struct account, role, .words = ROLE_NAMES, .is_required = true)
#define PASSWORD_FIELD FIELD(FIELD_SECRET, struct account, password, .is_required = true)

static const struct field ADD_FIELDS[] = {LOGIN_FIELD, NAME_FIELD, ROLE_FIELD, PASSWORD_FIELD};
static const struct field PASSWORD_FIELDS[] = {PASSWORD_FIELD};
static const struct field ROLE_FIELDS[] = {ROLE_FIELD};

/* hashers */
static int hash_password(struct change *c)
{
    struct account *account = c->body;

    if (!account) /* the kinds that hash have one */
        return ERR_INVALID;
    const struct slice password = slice_from(account->password);
    if (password_fault(password))
        return change_refuse(c, &PROBLEMS[PASSWORD_INVALID]);
    const int err = password_hash(password, account->hash);
    explicit_bzero(account->password, sizeof account->password);
    return err;
}

/* ---- database ---- */

/* The account that the path names, which is the change's object from here on. */
static int find(struct db *db, struct change *c)
{
    struct user *user = &((struct account *)c->body)->user;
    const int err = user_store_find_by_login(db, c->call->params[0], user, NULL);

    if (err == ERR_NOT_FOUND || (!err && strcmp(user->id, SYSTEM_USER_ID) == 0))
        return change_refuse(c, &PROBLEMS[LOGIN_UNKNOWN]);
    memcpy(c->object_id, user->id, sizeof c->object_id);
    return err;
}

/* The account as it is now: the answer, and its role for the audit. */
static void tell(struct change *c, const struct user *user)
{
    (void)snprintf(c->detail, sizeof c->detail, "%s", role_name(user->role));
    user_json(&c->json, NULL, user);
}

static int add(struct db *db, struct change *c)
{
    struct account *account = c->body;
    struct user *user = &account->user;
    const char *name = account->name[0] ? account->name : account->login;

    if (!user_login_is_valid(slice_from(account->login)))
        return change_refuse(c, &PROBLEMS[LOGIN_INVALID]);
    *user = (struct user){.role = (enum role)account->role, .created_at_ms = c->now_ms};
    (void)snprintf(user->login, sizeof user->login, "%s", account->login);
    (void)snprintf(user->name, sizeof user->name, "%s", name);
    id_new(user->id);
    memcpy(c->object_id, user->id, sizeof c->object_id);
    const int err = user_store_add(db, user, account->hash);
    tell(c, user);
    return err == ERR_EXISTS ? change_refuse(c, &PROBLEMS[LOGIN_TAKEN]) : err;
}

static int set_password(struct db *db, struct change *c)
{
    struct account *account = c->body;
    int err = find(db, c);

    if (!err)
        err = user_store_set_password(db, account->user.id, account->hash);
    tell(c, &account->user);
    return err;
}

static int set_role(struct db *db, struct change *c)
{
    struct account *account = c->body;
    int err = find(db, c);

    account->user.role = (enum role)account->role;
    if (!err)
        err = user_store_set_role(db, account->user.id, account->user.role);
    tell(c, &account->user);
    return err;
}

static int unlock(struct db *db, struct change *c)
{
    const struct account *account = c->body;
    const int err = find(db, c);

    tell(c, &account->user);
    return err;
}

/* A new password is also how somebody is helped whom guessers keep waiting. */
static void forget_attempts(struct change *c)
{
    const struct account *account = c->body;
    char login[USER_LOGIN_SIZE];

    user_login_lower(slice_from(account->user.login), login);
    attempts_forget(c->call->services->attempts, slice_from(login));
}

/* ---- routes ---- */

static const struct change_kind ADD = {.action = "account.add",
                                       CHANGE_BODY(struct account, ADD_FIELDS),
                                       .prepare = hash_password,
                                       .apply = add,
                                       .status = 201,
                                       .has_no_place = true};
static const struct change_kind SET_PASSWORD = {.action = "account.password",
                                                CHANGE_BODY(struct account, PASSWORD_FIELDS),
                                                .prepare = hash_password,
                                                .apply = set_password,
                                                .applied = forget_attempts,
                                                .status = 200};
static const struct change_kind SET_ROLE = {.action = "account.role",
                                            CHANGE_BODY(struct account, ROLE_FIELDS),
                                            .apply = set_role,
                                            .status = 200};
static const struct change_kind UNLOCK = {.action = "account.unlock",
                                          .body_size = sizeof(struct account),
                                          .apply = unlock,
                                          .applied = forget_attempts,
                                          .status = 200};

static void handle_user_list(struct call *call)
{
    list_answer(call, &USER_LIST);
}

static void handle_user_add(struct call *call)
{
    change_start(call, &ADD);
}

static void handle_user_password(struct call *call)
{
    change_start(call, &SET_PASSWORD);
}

static void handle_user_role(struct call *call)
{
    change_start(call, &SET_ROLE);
}

static void handle_user_unlock(struct call *call)
{
    change_start(call, &UNLOCK);
}

/* clang-format off */
static const struct route ROUTES[] = {
    ROUTE(HTTP_GET, "/control/v1/users", POLICY_LOCAL, NULL, handle_user_list),
    ROUTE(HTTP_POST, "/control/v1/users", POLICY_LOCAL, NULL, handle_user_add),
    ROUTE(HTTP_POST, "/control/v1/users/{login}/password", POLICY_LOCAL, NULL, handle_user_password),
    ROUTE(HTTP_POST, "/control/v1/users/{login}/role", POLICY_LOCAL, NULL, handle_user_role),
    ROUTE(HTTP_POST, "/control/v1/users/{login}/unlock", POLICY_LOCAL, NULL, handle_user_unlock),
};
/* clang-format on */

const struct route_table ACCOUNT_ROUTES = ROUTE_TABLE_WITH_PROBLEMS("accounts", ROUTES, PROBLEMS);
