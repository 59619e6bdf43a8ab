// SPDX-License-Identifier: GPL-3.0-or-later
/* Signing in and out.
 *
 *     body ─▶ count the attempt (Redis) ─▶ find the account (reader) ─▶ verify (hashers)
 *          ─▶ add the session (database) ─▶ cookie
 *
 * An unknown login takes the same way as a wrong password, and as long. */
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/container.h"
#include "common/err.h"
#include "common/json.h"
#include "common/log.h"
#include "common/work_pool.h"
#include "server/auth/password.h"
#include "server/auth/session_token.h"
#include "server/config.h"
#include "server/http/exchange.h"
#include "server/http/loop.h"
#include "server/http/response.h"
#include "server/routes/answers.h"
#include "server/routes/handlers.h"
#include "server/routes/route.h"
#include "server/routes/services.h"
#include "server/routes/user_json.h"
#include "storage/redis_args.h"
#include "storage/redis_link.h"
#include "storage/redis_reply.h"
#include "storage/session_store.h"

enum {
    BODY_LIMIT = 4096,
    ATTEMPTS_LIMIT = 10,         /* per account and window: nobody guesses much in ten tries */
    ATTEMPTS_WINDOW_S = 15 * 60, /* and nobody is locked out for long */
    DAY_S = 86400,
};

#define ATTEMPTS_KEY "login-attempts:%s"

struct login {
    struct call *call;
    char login[USER_LOGIN_SIZE];
    char password[PASSWORD_MAX_BYTES + 1];
    size_t password_length;
    char stored_hash[PASSWORD_HASH_SIZE]; /* "" for an unknown login */
    struct user user;
    bool is_right;
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

static void answer_wrong(struct http_exchange *x)
{
    http_answer_problem(x, 401, "wrong-credentials", "The login or the password is wrong",
                        "Tên đăng nhập hoặc mật khẩu không đúng.", NULL);
}

static void answer_signed_in(const struct login *login)
{
    struct http_exchange *x = login->call->x;
    CLEANUP(json_decref) json_t *document = json_pack("{s:o}", "user", user_json(&login->user));
    CLEANUP(buf_clear) struct buf text = buf_with_limit(BODY_LIMIT);
    char cookie[SESSION_COOKIE_SIZE];

    session_cookie_format(login->token, (uint64_t)login->lifetime_s,
                          http_exchange_request(x)->peer->is_tls, cookie);
    const struct http_header fields[] = {HTTP_HEADER("Set-Cookie", cookie),
                                         HTTP_HEADER("Cache-Control", "no-store")};
    const struct http_headers headers = {fields, 2};
    if (document)
        json_append(&text, document);
    const char *body =
        document && !text.err ? arena_copy(http_exchange_arena(x), buf_slice(&text)) : NULL;
    if (body)
        http_answer_bytes(x, 200, "application/json", slice_of(body, text.length), &headers);
    else
        answer_unavailable(x, "The server is short of memory");
}

/* database */
static void add_session(struct work *work, void *context)
{
    struct login *login = login_of(work);
    const int64_t now_ms = clock_wall_ms();

    login->err = session_store_add(context, login->token_hash, login->user.id, now_ms,
                                   now_ms + login->lifetime_s * 1000);
}

static void on_session_added(struct work *work)
{
    struct login *login = login_of(work);

    if (login->err) {
        log_error("cannot store a session", log_err(login->err));
        answer_err(login->call->x, login->err);
        return;
    }
    log_info("signed in", log_str("user", login->user.id),
             log_str("role", role_name(login->user.role)));
    answer_signed_in(login);
}

/* hashers */
static void verify(struct work *work, void *context)
{
    struct login *login = login_of(work);

    (void)context;
    login->is_right = password_verify(slice_of(login->password, login->password_length),
                                      login->stored_hash[0] ? login->stored_hash : NULL);
    explicit_bzero(login->password, sizeof login->password);
}

static void submit(struct login *login, struct work_pool *pool,
                   void (*run)(struct work *work, void *context), void (*done)(struct work *work))
{
    struct http_exchange *x = login->call->x;

    login->work = (struct work){.run = run, .done = done};
    if (work_pool_submit(pool, http_loop_mailbox(http_exchange_loop(x)), &login->work))
        answer_unavailable(x, "Too many people are signing in at this moment.");
}

static void forget_attempts(const struct login *login)
{
    struct redis_args args;

    redis_args_init(&args);
    redis_args_add_text(&args, "DEL");
    redis_args_add_format(&args, ATTEMPTS_KEY, login->login);
    (void)redis_link_send(login->call->services->redis, &args, NULL, NULL);
}

static void on_verified(struct work *work)
{
    struct login *login = login_of(work);

    if (!login->is_right) {
        log_info("sign-in refused", log_str("login", login->login));
        answer_wrong(login->call->x);
        return;
    }
    forget_attempts(login);
    session_token_new(login->token, login->token_hash);
    submit(login, login->call->services->database, add_session, on_session_added);
}

static void find_and_verify(struct login *login)
{
    const struct services *services = login->call->services;
    const int err = user_store_find_by_login(services->reader, slice_from(login->login),
                                             &login->user, login->stored_hash);

    if (err && err != ERR_NOT_FOUND) {
        answer_err(login->call->x, err);
        return;
    }
    if (err)
        login->stored_hash[0] = '\0';
    submit(login, services->hashers, verify, on_verified);
}

static void answer_too_many(struct http_exchange *x)
{
    const struct http_header field = HTTP_HEADER("Retry-After", "900");
    const struct http_headers headers = {&field, 1};

    http_answer_problem(x, 429, "too-many-attempts", "Too many attempts for this login",
                        "Thử sai quá nhiều lần. Hãy đợi 15 phút.", &headers);
}

/* Without Redis nobody is refused: the hashers' queue still bounds the work. */
static void on_attempt_counted(int err, const struct redisReply *reply, void *arg)
{
    struct login *login = arg;
    int64_t n_attempts = 0;

    if (!err)
        (void)redis_reply_int(reply, &n_attempts);
    if (n_attempts > ATTEMPTS_LIMIT) {
        log_warn("too many sign-in attempts", log_str("login", login->login));
        answer_too_many(login->call->x);
        return;
    }
    find_and_verify(login);
}

/* Attempts are counted per account before the password is looked at, so that guessing in parallel
 * does not help; a right password forgets them. */
static void count_attempt(struct login *login)
{
    struct redis_link *redis = login->call->services->redis;
    struct redis_args args;

    redis_args_init(&args);
    redis_args_add_text(&args, "INCR");
    redis_args_add_format(&args, ATTEMPTS_KEY, login->login);
    if (redis_link_send(redis, &args, on_attempt_counted, login)) {
        find_and_verify(login);
        return;
    }
    redis_args_init(&args);
    redis_args_add_text(&args, "EXPIRE");
    redis_args_add_format(&args, ATTEMPTS_KEY, login->login);
    redis_args_add_int(&args, ATTEMPTS_WINDOW_S);
    redis_args_add_text(&args, "NX");
    (void)redis_link_send(redis, &args, NULL, NULL);
}

/* Logins are the same without regard to case, and so is the count of attempts. */
static void lower_case(char *text)
{
    for (; *text; text++) {
        if (*text >= 'A' && *text <= 'Z')
            *text = (char)(*text - 'A' + 'a');
    }
}

static int read_credentials(struct login *login, const json_t *document)
{
    struct slice name;
    struct slice password;

    if (json_get_string(document, "login", &name) ||
        json_get_string(document, "password", &password) || !user_login_is_valid(name) ||
        password.length > PASSWORD_MAX_BYTES)
        return ERR_INVALID;
    (void)slice_to_cstr(name, login->login, sizeof login->login); /* valid logins fit */
    lower_case(login->login);
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
        answer_unavailable(x, "The server is short of memory");
        return;
    }
    login->call = call;
    login->lifetime_s = (int64_t)services_config(call->services)->session_days * DAY_S;
    if (!json_is_string(json_object_get(document, "login")) ||
        !json_is_string(json_object_get(document, "password")))
        answer_bad_request(x, "login and password are needed, both strings.");
    else if (read_credentials(login, document))
        answer_wrong(x); /* no account can have these */
    else
        count_attempt(login);
}

void handle_session_create(struct call *call)
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

static void answer_signed_out(struct http_exchange *x)
{
    char cookie[SESSION_COOKIE_SIZE];

    session_cookie_format("", 0, http_exchange_request(x)->peer->is_tls, cookie);
    const struct http_header field = HTTP_HEADER("Set-Cookie", cookie);
    const struct http_headers headers = {&field, 1};
    http_answer(x, 204, &headers);
}

static void on_session_deleted(struct work *work)
{
    struct logout *logout = CONTAINER_OF(work, struct logout, work);

    if (logout->err)
        answer_err(logout->call->x, logout->err);
    else
        answer_signed_out(logout->call->x);
}

void handle_session_delete(struct call *call)
{
    struct http_exchange *x = call->x;
    const struct slice token = http_request_cookie(http_exchange_request(x), SESSION_COOKIE_NAME);
    struct logout *logout = arena_alloc(http_exchange_arena(x), sizeof *logout);

    if (!token.data || !logout || session_token_hash(token, logout->token_hash)) {
        answer_signed_out(x);
        return;
    }
    logout->call = call;
    logout->work = (struct work){.run = delete_session, .done = on_session_deleted};
    if (work_pool_submit(call->services->database, http_loop_mailbox(http_exchange_loop(x)),
                         &logout->work))
        answer_unavailable(x, "The database is busy.");
}

void handle_me(struct call *call)
{
    answer_json(call->x, 200, user_json(&call->actor.user));
}
