// SPDX-License-Identifier: GPL-3.0-or-later
/* Accounts, over the control socket alone: what `banmai user` asks for. */
#include <string.h>

#include "common/clock.h"
#include "common/container.h"
#include "common/err.h"
#include "common/json.h"
#include "common/log.h"
#include "server/auth/attempts.h"
#include "server/auth/password.h"
#include "server/auth/user_store.h"
#include "server/features/accounts/accounts.h"
#include "server/features/accounts/user_json.h"
#include "server/http/exchange/exchange.h"
#include "server/http/exchange/response.h"
#include "server/http/loop/loop.h"
#include "server/web/answers.h"
#include "server/web/change.h"
#include "server/web/problem.h"
#include "server/web/reading.h"
#include "server/web/route.h"
#include "server/web/services.h"
#include "storage/sqlite/db.h"

enum { BODY_LIMIT = 8192 };

_Static_assert((int)PASSWORD_PHC_SIZE <= (int)PASSWORD_HASH_SIZE, "what we hash can be stored");

enum account_action { ACCOUNT_ADD, ACCOUNT_SET_PASSWORD, ACCOUNT_SET_ROLE, ACCOUNT_UNLOCK };

/* A new account, or a change of one that is there. */
struct account_call {
    struct reading reading; /* the first member */
    struct call *call;
    enum account_action action;
    struct user user;
    char password[PASSWORD_TYPED_BYTES];
    size_t password_length;
    char hash[PASSWORD_HASH_SIZE];
    int err;
    struct work work;
};

static struct account_call *account_of(struct work *work)
{
    return CONTAINER_OF(work, struct account_call, work);
}

static void submit(struct account_call *a, struct work_pool *pool,
                   void (*run)(struct work *work, void *context), void (*done)(struct work *work))
{
    struct http_exchange *x = a->call->x;

    a->work = (struct work){.run = run, .done = done};
    if (work_pool_submit(pool, http_loop_mailbox(http_exchange_loop(x)), &a->work))
        answer_problem(x, PROBLEM_BUSY);
}

static int store_in_transaction(struct db *db, const struct account_call *a)
{
    static const char *const ACTIONS[] = {[ACCOUNT_ADD] = "account.add",
                                          [ACCOUNT_SET_PASSWORD] = "account.password",
                                          [ACCOUNT_SET_ROLE] = "account.role"};
    CLEANUP(db_rollback) struct db *open = NULL;
    int err = db_begin(db, &open);

    if (!err && a->action == ACCOUNT_ADD)
        err = user_store_add(db, &a->user, a->hash);
    else if (!err && a->action == ACCOUNT_SET_PASSWORD)
        err = user_store_set_password(db, a->user.id, a->hash);
    else if (!err)
        err = user_store_set_role(db, a->user.id, a->user.role);
    if (!err)
        err = change_audit(db, a->call, ACTIONS[a->action], a->user.id, role_name(a->user.role));
    return err ? err : db_commit(&open);
}

/* database */
static void store_account(struct work *work, void *context)
{
    struct account_call *a = account_of(work);

    a->err = store_in_transaction(context, a);
}

/* A new password is also how somebody is helped whom guessers keep waiting. */
static void forget_attempts(const struct call *call, const struct user *user)
{
    char login[USER_LOGIN_SIZE];

    user_login_lower(slice_from(user->login), login);
    attempts_forget(call->services->attempts, slice_from(login));
}

static void answer_user(struct call *call, int status, const struct user *user)
{
    CLEANUP(buf_clear) struct buf json = buf_with_limit(BODY_LIMIT);

    user_json(&json, NULL, user);
    answer_json(call->x, status, &json);
}

static void on_account_stored(struct work *work)
{
    static const char *const MESSAGES[] = {[ACCOUNT_ADD] = "account added",
                                           [ACCOUNT_SET_PASSWORD] = "password set",
                                           [ACCOUNT_SET_ROLE] = "role set"};
    struct account_call *a = account_of(work);
    struct http_exchange *x = a->call->x;

    if (a->err == ERR_EXISTS) {
        answer_problem(x, PROBLEM_LOGIN_TAKEN);
    } else if (a->err) {
        answer_err(x, a->err);
    } else {
        if (a->action == ACCOUNT_SET_PASSWORD)
            forget_attempts(a->call, &a->user);
        log_info(MESSAGES[a->action], log_str("user", a->user.id),
                 log_str("role", role_name(a->user.role)));
        answer_user(a->call, a->action == ACCOUNT_ADD ? 201 : 200, &a->user);
    }
}

/* hashers */
static void hash_password(struct work *work, void *context)
{
    struct account_call *a = account_of(work);

    (void)context;
    a->err = password_hash(slice_of(a->password, a->password_length), a->hash);
    explicit_bzero(a->password, sizeof a->password);
}

static void on_hashed(struct work *work)
{
    struct account_call *a = account_of(work);

    if (a->err)
        answer_err(a->call->x, a->err);
    else
        submit(a, a->call->services->database, store_account, on_account_stored);
}

static int read_password(struct account_call *a, const json_t *document)
{
    struct slice password;

    if (json_get_string(document, "password", &password) || password_fault(password)) {
        answer_problem(a->call->x, PROBLEM_PASSWORD_INVALID);
        return ERR_INVALID;
    }
    memcpy(a->password, password.data, password.length);
    a->password_length = password.length;
    return 0;
}

static int read_role(struct account_call *a, const json_t *document)
{
    struct slice role;

    if (json_get_string(document, "role", &role) || role_from_name(role, &a->user.role)) {
        answer_problem(a->call->x, PROBLEM_ROLE_INVALID);
        return ERR_INVALID;
    }
    return 0;
}

/* Reads a new account's fields; on failure the exchange has been answered. */
static int read_account(struct account_call *a, const json_t *document)
{
    struct slice login;
    struct slice name;

    if (json_get_string(document, "login", &login) || !user_login_is_valid(login)) {
        answer_problem(a->call->x, PROBLEM_LOGIN_INVALID);
        return ERR_INVALID;
    }
    if (read_role(a, document))
        return ERR_INVALID;
    if (json_get_string(document, "name", &name) || name.length == 0)
        name = login;
    if (!slice_is_plain_utf8(name) || slice_to_cstr(name, a->user.name, sizeof a->user.name)) {
        answer_problem(a->call->x, PROBLEM_NAME_INVALID);
        return ERR_INVALID;
    }
    (void)slice_to_cstr(login, a->user.login, sizeof a->user.login); /* valid logins fit */
    id_new(a->user.id);
    a->user.created_at_ms = clock_wall_ms();
    return 0;
}

static void on_body(struct http_exchange *x, struct slice body, void *arg)
{
    CLEANUP(json_decref) json_t *document = parse_json_body(x, body);
    struct account_call *a = arg;

    if (!document)
        return;
    if (a->action == ACCOUNT_SET_ROLE) {
        if (read_role(a, document) == 0)
            submit(a, a->call->services->database, store_account, on_account_stored);
        return;
    }
    if ((a->action == ACCOUNT_ADD && read_account(a, document)) || read_password(a, document))
        return;
    submit(a, a->call->services->hashers, hash_password, on_hashed);
}

static struct account_call *start(struct call *call, enum account_action action)
{
    struct account_call *a = arena_alloc(http_exchange_arena(call->x), sizeof *a);

    if (!a) {
        answer_problem(call->x, PROBLEM_NO_MEMORY);
        return NULL;
    }
    a->call = call;
    a->action = action;
    return a;
}

static void handle_user_add(struct call *call)
{
    struct account_call *a = start(call, ACCOUNT_ADD);

    if (a)
        http_exchange_collect_body(call->x, BODY_LIMIT, on_body, a);
}

static void unlock(const struct account_call *a)
{
    forget_attempts(a->call, &a->user);
    log_info("attempts forgotten", log_str("user", a->user.id));
    answer_user(a->call, 200, &a->user);
}

/* readers: the account with the login in params[0]. */
static int find_account(struct reading *reading, struct db *reader)
{
    struct account_call *a = CONTAINER_OF(reading, struct account_call, reading);

    a->err = user_store_find_by_login(reader, a->call->params[0], &a->user, NULL);
    if (!a->err && strcmp(a->user.id, SYSTEM_USER_ID) == 0)
        a->err = ERR_NOT_FOUND;
    return a->err == ERR_NOT_FOUND ? 0 : a->err;
}

static void on_account_found(struct reading *reading)
{
    struct account_call *a = CONTAINER_OF(reading, struct account_call, reading);

    if (a->err)
        answer_problem(a->call->x, PROBLEM_LOGIN_UNKNOWN);
    else if (a->action == ACCOUNT_UNLOCK)
        unlock(a);
    else
        http_exchange_collect_body(a->call->x, BODY_LIMIT, on_body, a);
}

static void change_account(struct call *call, enum account_action action)
{
    struct account_call *a = start(call, action);

    if (!a)
        return;
    a->reading = (struct reading){.read = find_account, .done = on_account_found};
    reading_start(&a->reading, call);
}

static void handle_user_unlock(struct call *call)
{
    change_account(call, ACCOUNT_UNLOCK);
}

static void handle_user_password(struct call *call)
{
    change_account(call, ACCOUNT_SET_PASSWORD);
}

static void handle_user_role(struct call *call)
{
    change_account(call, ACCOUNT_SET_ROLE);
}

static void handle_user_list(struct call *call)
{
    list_answer(call, &USER_LIST);
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

const struct route_table ACCOUNT_ROUTES = ROUTE_TABLE("accounts", ROUTES);
