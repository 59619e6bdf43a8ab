// SPDX-License-Identifier: GPL-3.0-or-later
/* Signing in and out.
 *
 *     body ─▶ find account and device (readers) ─▶ may it try? (attempts) ─▶ verify (hashers)
 *          ─▶ add the session, note the device (database) ─▶ cookies
 *
 * An unknown login takes the same way as a wrong password, and as long. Nothing that was typed is
 * logged: people type passwords where logins belong. */
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/container.h"
#include "common/err.h"
#include "common/json.h"
#include "common/json_writer.h"
#include "common/log.h"
#include "common/work_pool.h"
#include "server/auth/attempts.h"
#include "server/auth/device_store.h"
#include "server/auth/network.h"
#include "server/auth/password.h"
#include "server/auth/session_store.h"
#include "server/auth/session_token.h"
#include "server/config.h"
#include "server/features/accounts/accounts.h"
#include "server/features/accounts/user_json.h"
#include "server/http/exchange/exchange.h"
#include "server/http/exchange/problem.h"
#include "server/http/exchange/response.h"
#include "server/http/loop/loop.h"
#include "server/web/answers.h"
#include "server/web/forwarded.h"
#include "server/web/problem.h"
#include "server/web/reading.h"
#include "server/web/route.h"
#include "server/web/services.h"

enum { BODY_LIMIT = 4096, DAY_S = 86400 };

struct login {
    struct reading reading; /* the first member */
    struct call *call;
    char login[USER_LOGIN_SIZE]; /* in lower case */
    char password[PASSWORD_TYPED_BYTES];
    size_t password_length;
    struct user user;                     /* no id: an unknown login */
    char stored_hash[PASSWORD_HASH_SIZE]; /* "" for an unknown login */
    char network[NETWORK_SIZE];
    char device[SESSION_TOKEN_SIZE];
    uint8_t device_hash[SHA256_BYTES];
    uint8_t old_hash[SHA256_BYTES]; /* of the session that the request came with */
    bool has_old;
    const uint8_t *known_device; /* of the two hashes above; NULL: no device of this account's */
    struct attempt attempt;
    enum password_match match;
    char new_hash[PASSWORD_HASH_SIZE]; /* "" when the stored one is as it should be */
    char token[SESSION_TOKEN_SIZE];
    uint8_t token_hash[SHA256_BYTES];
    int64_t lifetime_s;
    int err;
    struct work work;
};

static struct login *login_of(struct work *work)
{
    return CONTAINER_OF(work, struct login, work);
}

/* Then the cookies are for no other connection. */
static bool is_over_https(const struct call *call)
{
    struct forwarded forwarded;

    forwarded_read(services_config(call->services), http_exchange_request(call->x), &forwarded);
    return forwarded.is_https;
}

/* Whose network counts. */
static void find_network(const struct call *call, char network[NETWORK_SIZE])
{
    struct forwarded forwarded;

    forwarded_read(services_config(call->services), http_exchange_request(call->x), &forwarded);
    network_of(forwarded.address, network);
}

static void answer_wrong(struct http_exchange *x)
{
    answer_problem(x, PROBLEM_WRONG_CREDENTIALS);
}

static void answer_busy(struct http_exchange *x)
{
    const struct http_header field = HTTP_HEADER("Retry-After", "2");
    const struct http_headers headers = {&field, 1};

    answer_problem_with(x, PROBLEM_SIGN_IN_BUSY, &headers);
}

static void answer_wait(struct http_exchange *x, int64_t wait_s)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%lld", (long long)wait_s);
    const struct http_header field = HTTP_HEADER("Retry-After", text);
    const struct http_headers headers = {&field, 1};
    http_answer_problem(x, problem_row(PROBLEM_TOO_MANY_ATTEMPTS), text, &headers);
}

/* The session's cookie comes first, and under the usual spelling, for programs that look at one. */
static void answer_signed_in(const struct login *login)
{
    CLEANUP(buf_clear) struct buf json = buf_with_limit(BODY_LIMIT);
    const bool is_secure = is_over_https(login->call);
    char session[SESSION_COOKIE_SIZE];
    char device[SESSION_COOKIE_SIZE];

    session_cookie_format(login->token, (uint64_t)login->lifetime_s, is_secure, session);
    device_cookie_format(login->device, is_secure, device);
    const struct http_header fields[] = {HTTP_HEADER("Set-Cookie", session),
                                         HTTP_HEADER("set-cookie", device)};
    const struct http_headers headers = {fields, 2};
    json_begin_object(&json, NULL);
    user_json(&json, "user", &login->user);
    json_end_object(&json);
    answer_json_with(login->call->x, 200, &json, &headers);
}

/* database */
static void add_session(struct work *work, void *context)
{
    struct login *login = login_of(work);
    const int64_t now_ms = clock_wall_ms();
    const struct sign_in sign_in = {
        .user_id = login->user.id,
        .password_hash = login->stored_hash,
        .new_hash = login->new_hash[0] ? login->new_hash : NULL,
        .token_sha256 = login->token_hash,
        .device_sha256 = login->device_hash,
        .old_sha256 = login->has_old ? login->old_hash : NULL,
        .now_ms = now_ms,
        .expires_at_ms = now_ms + login->lifetime_s * 1000,
    };

    login->err = session_store_sign_in(context, &sign_in);
}

static void on_session_added(struct work *work)
{
    struct login *login = login_of(work);

    if (login->err == ERR_CONFLICT) {
        answer_wrong(login->call->x); /* by now */
    } else if (login->err) {
        log_error("cannot store a session", log_err(login->err));
        answer_err(login->call->x, login->err);
    } else {
        log_info("signed in", log_str("user", login->user.id),
                 log_str("role", role_name(login->user.role)));
        answer_signed_in(login);
    }
}

/* hashers */
static void verify(struct work *work, void *context)
{
    struct login *login = login_of(work);
    const struct slice password = slice_of(login->password, login->password_length);

    (void)context;
    login->match = password_verify(password, login->stored_hash[0] ? login->stored_hash : NULL);
    if (login->match == PASSWORD_RIGHT_AS_TYPED && password_hash(password, login->new_hash))
        login->new_hash[0] = '\0'; /* the next sign-in tries again */
    explicit_bzero(login->password, sizeof login->password);
}

/* Returns 0, or ERR_UNAVAILABLE when the pool takes no more. */
static int submit(struct login *login, struct work_pool *pool,
                  void (*run)(struct work *work, void *context), void (*done)(struct work *work))
{
    struct http_exchange *x = login->call->x;

    login->work = (struct work){.run = run, .done = done};
    return work_pool_submit(pool, http_loop_mailbox(http_exchange_loop(x)), &login->work);
}

static void leave(const struct login *login, enum attempt_outcome outcome)
{
    attempts_leave(login->call->services->attempts, &login->attempt, outcome);
}

static void on_verified(struct work *work)
{
    struct login *login = login_of(work);

    if (login->match == PASSWORD_WRONG) {
        leave(login, ATTEMPT_WRONG);
        log_info("sign-in refused", log_str("user", login->user.id),
                 log_str("network", login->network));
        answer_wrong(login->call->x);
        return;
    }
    leave(login, ATTEMPT_RIGHT);
    session_token_new(login->token, login->token_hash);
    if (submit(login, login->call->services->database, add_session, on_session_added))
        answer_busy(login->call->x);
}

/* An attempt counts before its password is looked at. */
static void try_password(struct reading *reading)
{
    struct login *login = CONTAINER_OF(reading, struct login, reading);
    const struct services *services = login->call->services;
    const struct attempt_who who = {.login = slice_from(login->login),
                                    .network = login->network,
                                    .device = login->known_device};
    int64_t wait_s = 0;

    switch (
        attempts_enter(services->attempts, &who, clock_monotonic_ms(), &login->attempt, &wait_s)) {
    case ATTEMPT_WAIT:
        /* A flood would fill the disk: what it costs to be refused has a line, this has none. */
        log_debug("sign-in has to wait", log_str("user", login->user.id),
                  log_str("network", login->network), log_int("wait_s", wait_s));
        answer_wait(login->call->x, wait_s);
        break;
    case ATTEMPT_BUSY:
        answer_busy(login->call->x);
        break;
    case ATTEMPT_ADMITTED:
        if (submit(login, services->hashers, verify, on_verified)) {
            leave(login, ATTEMPT_NOT_LOOKED_AT);
            answer_busy(login->call->x);
        }
        break;
    }
}

/* What the browser holds from before: its session, also when it has ended, and its device's token,
 * which is replaced unless somebody has signed in with it: nobody plants one of their own choice.
 */
static int read_cookies(struct login *login, struct db *reader)
{
    const struct http_request *request = http_exchange_request(login->call->x);
    const struct slice session = http_request_cookie(request, SESSION_COOKIE_NAME);
    const struct slice device = http_request_cookie(request, DEVICE_COOKIE_NAME);

    login->has_old = session.data && session_token_hash(session, login->old_hash) == 0;
    if (device.data && session_token_hash(device, login->device_hash) == 0) {
        const int err = device_store_find_any(reader, login->device_hash);
        if (err == 0)
            return slice_to_cstr(device, login->device, sizeof login->device);
        if (err != ERR_NOT_FOUND)
            return err;
    }
    session_token_new(login->device, login->device_hash);
    return 0;
}

/* Which of them is the account's: a device that signed in to it, or a session of it. NULL when none
 * is. The questions are the same for an unknown login, and take as long. */
static int find_known_device(struct login *login, struct db *reader)
{
    struct user user = {.id = ""};
    int64_t expires_at_ms;

    login->known_device = NULL;
    int err = device_store_find(reader, login->user.id, login->device_hash);
    if (err == 0)
        login->known_device = login->device_hash;
    if (err != ERR_NOT_FOUND || !login->has_old)
        return err == ERR_NOT_FOUND ? 0 : err;
    err = session_store_find(reader, login->old_hash, clock_wall_ms(), &user, &expires_at_ms);
    if (err == 0 && strcmp(user.id, login->user.id) == 0)
        login->known_device = login->old_hash;
    return err == ERR_NOT_FOUND ? 0 : err;
}

/* readers */
static int find_account_and_device(struct reading *reading, struct db *reader)
{
    struct login *login = CONTAINER_OF(reading, struct login, reading);
    int err = user_store_find_by_login(reader, slice_from(login->login), &login->user,
                                       login->stored_hash);

    if (err == ERR_NOT_FOUND)
        err = 0; /* without id and hash */
    if (!err)
        err = read_cookies(login, reader);
    return err ? err : find_known_device(login, reader);
}

static void find_and_try(struct login *login)
{
    find_network(login->call, login->network);
    login->reading =
        (struct reading){.read = find_account_and_device, .done = try_password, .is_sign_in = true};
    reading_start(&login->reading, login->call);
}

static int read_credentials(struct login *login, const json_t *document)
{
    struct slice name;
    struct slice password;

    if (json_get_string(document, "login", &name) ||
        json_get_string(document, "password", &password) || !user_login_is_valid(name) ||
        password.length > sizeof login->password)
        return ERR_INVALID;
    user_login_lower(name, login->login);
    memcpy(login->password, password.data, password.length);
    login->password_length = password.length;
    return 0;
}

static void on_credentials(struct http_exchange *x, struct slice body, void *arg)
{
    struct call *call = arg;
    CLEANUP(json_decref) json_t *document = parse_json_body(x, body);
    struct login *login = arena_alloc(http_exchange_arena(x), sizeof *login);

    if (!document)
        return;
    if (!login) {
        answer_problem(x, PROBLEM_NO_MEMORY);
        return;
    }
    login->call = call;
    login->lifetime_s = (int64_t)services_config(call->services)->session_days * DAY_S;
    if (!json_is_string(json_object_get(document, "login")) ||
        !json_is_string(json_object_get(document, "password")))
        answer_problem(x, PROBLEM_CREDENTIALS_MISSING);
    else if (read_credentials(login, document))
        answer_wrong(x); /* no account can have these */
    else
        find_and_try(login);
}

static void handle_session_create(struct call *call)
{
    http_exchange_collect_body(call->x, BODY_LIMIT, on_credentials, call);
}

struct logout {
    struct call *call;
    uint8_t token_hash[SHA256_BYTES];
    int err;
    struct work work;
};

/* database */
static void delete_session(struct work *work, void *context)
{
    struct logout *logout = CONTAINER_OF(work, struct logout, work);

    logout->err = session_store_delete(context, logout->token_hash);
}

static void answer_signed_out(struct call *call)
{
    char cookie[SESSION_COOKIE_SIZE];

    session_cookie_format("", 0, is_over_https(call), cookie);
    const struct http_header field = HTTP_HEADER("Set-Cookie", cookie);
    const struct http_headers headers = {&field, 1};
    http_answer(call->x, 204, &headers);
}

static void on_session_deleted(struct work *work)
{
    struct logout *logout = CONTAINER_OF(work, struct logout, work);

    if (logout->err)
        answer_err(logout->call->x, logout->err);
    else
        answer_signed_out(logout->call);
}

static void handle_session_delete(struct call *call)
{
    struct http_exchange *x = call->x;
    const struct slice token = http_request_cookie(http_exchange_request(x), SESSION_COOKIE_NAME);
    struct logout *logout = arena_alloc(http_exchange_arena(x), sizeof *logout);

    if (!token.data || !logout || session_token_hash(token, logout->token_hash)) {
        answer_signed_out(call);
        return;
    }
    logout->call = call;
    logout->work = (struct work){.run = delete_session, .done = on_session_deleted};
    if (work_pool_submit(call->services->database, http_loop_mailbox(http_exchange_loop(x)),
                         &logout->work))
        answer_problem(x, PROBLEM_DATABASE_BUSY);
}

static void handle_me(struct call *call)
{
    CLEANUP(buf_clear) struct buf json = buf_with_limit(BODY_LIMIT);

    user_json(&json, NULL, &call->actor.user);
    answer_json(call->x, 200, &json);
}

/* clang-format off */
static const struct route ROUTES[] = {
    ROUTE(HTTP_POST, "/api/v1/session", POLICY_ANYONE, NULL, handle_session_create),
    ROUTE(HTTP_DELETE, "/api/v1/session", POLICY_ANYONE, NULL, handle_session_delete),
    ROUTE(HTTP_GET, "/api/v1/me", POLICY_SIGNED_IN, NULL, handle_me),
};
/* clang-format on */

const struct route_table SESSION_ROUTES = ROUTE_TABLE("sessions", ROUTES);
