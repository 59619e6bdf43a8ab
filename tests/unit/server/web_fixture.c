// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/server/web_fixture.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/work_pool.h"
#include "server/auth/attempts.h"
#include "server/auth/live_packages.h"
#include "server/auth/playback_token.h"
#include "server/auth/session_store.h"
#include "server/auth/session_token.h"
#include "server/auth/verified_tokens.h"
#include "server/features/playback/package_cache.h"
#include "server/features/progress/turns.h"
#include "server/features/table.h"
#include "server/features/uploads/upload_registry.h"
#include "server/http/exchange/answer_cache.h"
#include "server/http/exchange/file.h"
#include "server/http/exchange/response.h"
#include "server/load/load.h"
#include "server/web/route_index.h"
#include "server/web/router.h"
#include "storage/media/media_store.h"
#include "tests/unit/server/http/fake_protocol.h"

enum { QUEUE_LENGTH = 16, MAX_ACCOUNTS = 16, MAX_FIELDS = 6, WAIT_MS = 10000 };

struct web web;

static _Atomic(const struct config *) config_now;
static struct playback_key key;
static atomic_uint taken_back;
static struct media_store *media;
static struct route_index *routes;

static struct account {
    char login[USER_LOGIN_SIZE];
    char cookie[sizeof SESSION_COOKIE_NAME + SESSION_TOKEN_SIZE];
} accounts[MAX_ACCOUNTS];
static size_t n_accounts;
static const struct account *asking; /* NULL: a stranger */
static bool is_local;

static struct work_pool *pool_of(const char *name, void *context)
{
    const struct work_pool_config config = {.name = name,
                                            .n_threads = 1,
                                            .queue_length = QUEUE_LENGTH,
                                            .context = context};
    struct work_pool *pool = NULL;

    cr_assert_eq(work_pool_start(&config, &pool), 0);
    return pool;
}

/* What a loop keeps for itself. */
static void open_loop(void)
{
    struct services *services = &web.services;

    cr_assert_eq(loop_init(&fake_loop, &fake_engine, 0), 0);
    fake_loop.context = services;
    cr_assert_eq(http_file_cache_new(8, &services->files), 0);
    cr_assert_eq(package_cache_new(media, 8, &services->packages), 0);
    cr_assert_eq(http_answer_cache_new(8, 1 << 20, &services->answers), 0);
    cr_assert_eq(verified_tokens_new(&key, &services->tokens), 0);
    cr_assert_eq(live_packages_new(&taken_back, &services->live), 0);
    cr_assert_eq(turns_new(&fake_loop, &services->reports), 0);
}

void web_open(void)
{
    struct buf fault = buf_with_limit(1000);

    fixture_open(&web.storage);
    fixture_execute(&web.storage, "INSERT INTO users (id, login, name, role, password_hash,"
                                  " created_at_ms) VALUES ('" SYSTEM_USER_ID "', 'system',"
                                  " 'Banmai', 'admin', '!', 1)");
    atomic_store(&config_now, &web.config);
    cr_assert_eq(media_store_open(web.storage.directory, 0, &media), 0);
    cr_assert_eq(route_index_new(ROUTE_TABLES, N_ROUTE_TABLES, &fault, &routes), 0, "%.*s",
                 SLICE_ARGS(buf_slice(&fault)));
    web.services = (struct services){.config = &config_now,
                                     .routes = routes,
                                     .media = media,
                                     .playback_key = &key,
                                     .taken_back = &taken_back,
                                     .health = &web.health};
    cr_assert_eq(db_open_reader(web.storage.path, &web.services.reader), 0);
    cr_assert_eq(load_new(clock_monotonic_ms(), &web.services.load), 0);
    cr_assert_eq(upload_registry_new(&web.services.uploads), 0);
    cr_assert_eq(attempts_new(&web.services.attempts), 0);
    web.services.database = pool_of("database", web.storage.db);
    web.services.disks = pool_of("disks", NULL);
    web.services.hashers = pool_of("hashers", NULL);
    open_loop();
}

static void forget_answer(void)
{
    json_decref(web.document);
    web.document = NULL;
    buf_clear(&fake_head);
    buf_clear(&fake_body);
    buf_clear(&fake_stream);
}

void web_close(void)
{
    struct services *services = &web.services;

    forget_answer();
    work_pool_free(services->database);
    work_pool_free(services->disks);
    work_pool_free(services->hashers);
    turns_free(services->reports);
    live_packages_free(services->live);
    verified_tokens_free(services->tokens);
    http_answer_cache_free(services->answers);
    package_cache_free(services->packages);
    http_file_cache_free(services->files);
    exchange_clear_spare(&fake_loop);
    loop_clear(&fake_loop);
    attempts_free(services->attempts);
    upload_registry_free(services->uploads);
    load_free(services->load);
    db_free(services->reader);
    route_index_free(routes);
    media_store_free(media);
    fixture_close(&web.storage);
}

void web_use(const struct route_table *table)
{
    const struct route_table *const tables[] = {table};
    struct buf fault = buf_with_limit(1000);

    route_index_free(routes);
    cr_assert_eq(route_index_new(tables, 1, &fault, &routes), 0, "%s", fault.data);
    web.services.routes = routes;
}

/* ---- a full queue ---- */

static atomic_bool is_held;
static struct work held[QUEUE_LENGTH + 1];

static void hold(struct work *work, void *context)
{
    (void)work;
    (void)context;
    while (atomic_load(&is_held))
        (void)nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
}

static size_t n_held;

static void held_is_over(struct work *work)
{
    (void)work;
    n_held--;
}

void web_hold_database(void)
{
    atomic_store(&is_held, true);
    for (size_t i = 0; i < QUEUE_LENGTH + 1; i++) { /* one runs, the others wait */
        held[i] = (struct work){.run = hold, .done = held_is_over};
        while (work_pool_submit(web.services.database, http_loop_mailbox(&fake_loop), &held[i]))
            (void)nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
        n_held++;
    }
}

/* Until all of them are done, the queue is as full as it was. */
void web_release_database(void)
{
    atomic_store(&is_held, false);
    while (n_held > 0)
        (void)event_base_loop(fake_loop.base, EVLOOP_NONBLOCK);
}

/* ---- who asks ---- */

void web_sign_in(const char *login, enum role role, char id[ID_SIZE])
{
    struct account *account = &accounts[n_accounts++];
    char token[SESSION_TOKEN_SIZE];
    uint8_t hash[SHA256_BYTES];

    cr_assert_lt(n_accounts, MAX_ACCOUNTS);
    fixture_add_user(&web.storage, login, role, id);
    session_token_new(token, hash);
    cr_assert_eq(session_store_add(web.storage.db, hash, id, clock_wall_ms(), INT64_MAX), 0);
    (void)snprintf(account->login, sizeof account->login, "%s", login);
    (void)snprintf(account->cookie, sizeof account->cookie, "%s=%s", SESSION_COOKIE_NAME, token);
    web_as(login);
}

void web_as(const char *login)
{
    is_local = strcmp(login, "local") == 0;
    asking = NULL;
    for (size_t i = 0; i < n_accounts; i++)
        if (strcmp(accounts[i].login, login) == 0)
            asking = &accounts[i];
    cr_assert(asking || is_local || !login[0], "nobody is called %s", login);
}

/* ---- asking ---- */

static void make_exchange(const char *method, const char *path, const char *body)
{
    const struct http_peer peer = {.address = "192.0.2.1",
                                   .is_local_socket = is_local,
                                   .uid = geteuid()};
    struct http_request *request;

    forget_answer();
    fake_head = buf_with_limit(FAKE_LIMIT);
    fake_body = buf_with_limit(FAKE_LIMIT);
    fake_stream = buf_with_limit(FAKE_LIMIT);
    fake_loop.now_ms = clock_monotonic_ms();
    fake_x = exchange_new(&fake_loop, &peer);
    cr_assert_not_null(fake_x);
    fake_x->protocol = &FAKE_PROTOCOL;
    request = &fake_x->request;
    cr_assert_eq(http_method_parse(slice_from(method), &request->method), 0);
    request->query = slice_from(path);
    request->path = slice_split(&request->query, '?');
    request->host = slice_from("h");
    request->has_body = body != NULL;
    request->content_length = body ? strlen(body) : 0;
}

/* The pools post to the loop; an answered exchange is the protocol's to release. */
static void wait_for_answer(const char *body)
{
    const int64_t end_ms = clock_monotonic_ms() + WAIT_MS;
    bool is_pushed = body == NULL;

    while (!fake_x->is_answered) {
        cr_assert_lt(clock_monotonic_ms(), end_ms, "no answer");
        if (!is_pushed && exchange_wants_body(fake_x)) {
            is_pushed = true;
            exchange_push_body(fake_x, slice_from(body));
            if (!fake_x->is_answered)
                exchange_end_body(fake_x, 0);
        }
        (void)event_base_loop(fake_loop.base, EVLOOP_NONBLOCK);
        if (!fake_x->is_answered)
            (void)nanosleep(&(struct timespec){.tv_nsec = 50000}, NULL);
    }
}

int web_send(const char *method, const char *path, const struct http_header *fields, size_t n,
             const char *body)
{
    struct http_header all[MAX_FIELDS + 2];
    size_t n_all = 0;

    cr_assert_leq(n, MAX_FIELDS);
    make_exchange(method, path, body);
    all[n_all++] = HTTP_HEADER("host", "h");
    if (asking)
        all[n_all++] = HTTP_HEADER("cookie", asking->cookie);
    for (size_t i = 0; i < n; i++)
        all[n_all++] = fields[i];
    fake_x->request.headers = all;
    fake_x->request.n_headers = n_all;
    router_handle(fake_x, NULL);
    wait_for_answer(body);
    web.status = fake_x->status;
    web.head = fake_head.data;
    web.body = fake_body.data ? fake_body.data : "";
    web.document = fake_body.length ? json_loadb(fake_body.data, fake_body.length, 0, NULL) : NULL;
    exchange_release(fake_x, true);
    return web.status;
}

int web_ask_with(const char *method, const char *path, const char *name, const char *value,
                 const char *body)
{
    struct http_header fields[2];
    size_t n = 0;

    if (body)
        fields[n++] = HTTP_HEADER("content-type", "application/json");
    if (name)
        fields[n++] = (struct http_header){slice_from(name), slice_from(value)};
    return web_send(method, path, fields, n, body);
}

int web_ask(const char *method, const char *path, const char *body)
{
    return web_ask_with(method, path, NULL, NULL, body);
}

const char *web_problem(void)
{
    static const char PREFIX[] = "/problems/";
    const char *type = json_string_value(json_object_get(web.document, "type"));

    return type && strncmp(type, PREFIX, sizeof PREFIX - 1) == 0 ? type + sizeof PREFIX - 1 : "";
}

bool web_has(const char *line)
{
    return web.head && strstr(web.head, line);
}
