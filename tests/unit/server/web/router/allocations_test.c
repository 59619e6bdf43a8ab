// SPDX-License-Identifier: GPL-3.0-or-later
/* From bytes on a socket to the answer: parse, route, handle, send, with every allocation failing
 * in turn, alone and with all that follow. The server lives, leaks nothing, and answers what it
 * would have answered, or 503, or hangs up. */
#include <criterion/criterion.h>
#include <event2/event.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/file.h"
#include "server/auth/live_packages.h"
#include "server/auth/playback_token.h"
#include "server/auth/session_store.h"
#include "server/auth/session_token.h"
#include "server/auth/user_store.h"
#include "server/auth/verified_tokens.h"
#include "server/config.h"
#include "server/features/health/health.h"
#include "server/features/playback/package_cache.h"
#include "server/features/progress/turns.h"
#include "server/features/table.h"
#include "server/http/exchange/answer_cache.h"
#include "server/http/exchange/exchange_core.h"
#include "server/http/exchange/file.h"
#include "server/http/exchange/site.h"
#include "server/http/h1/h1_session.h"
#include "server/http/socket/connection.h"
#include "server/load/load.h"
#include "server/web/route_index.h"
#include "server/web/router.h"
#include "server/web/services.h"
#include "storage/media/media_store.h"
#include "storage/sqlite/db.h"
#include "storage/sqlite/db_query.h"
#include "tests/unit/support/fail_alloc.h"

#define PACKAGE "00112233445566778899aabbccddeeff"
#define USER    "0123456789abcdef0123456789abcdef"

enum { FILE_BYTES = 50000, DAMAGED = 500 };

static const char INDEX[] =
    "{\"version\":1,\"complete\":true,\"duration_us\":6000000,\"target_duration_s\":6,"
    "\"renditions\":[{\"name\":\"v240\",\"kind\":\"video\",\"codecs\":\"avc1.64000d\","
    "\"timescale\":12800,\"width\":426,\"height\":240,\"frame_rate\":[25,1],\"group\":\"aac\","
    "\"peak_bps\":210000,\"average_bps\":95000,\"files\":[\"v240.mp4\"],\"init\":[0,0,700],"
    "\"fragments\":[[0,700,40000,76800]]}]}\n";

static char directory[] = "/tmp/banmai-router-XXXXXX";
static char token[PLAYBACK_TOKEN_SIZE];
static char session[SESSION_TOKEN_SIZE];
static struct config config;
static struct playback_key key;
static struct health health;
static struct media_store *media;
static struct load *load;
static struct route_index *routes;
static struct db *writer;
static struct db *reader;
static struct services services;
static atomic_uint taken_back;
static struct http_engine engine;
static struct http_loop loop;

static void write_file(const char *path, const char *data, size_t length)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    cr_assert_geq(fd, 0, "%s", path);
    cr_assert_eq(file_write_all(fd, data, length), 0);
    close(fd);
}

static void make_package(void)
{
    static char bytes[FILE_BYTES];
    char folder[MEDIA_PATH_SIZE];
    char path[sizeof directory + MEDIA_PATH_SIZE + 40];

    media_path_package(PACKAGE, folder);
    (void)snprintf(path, sizeof path, "%s/media/%s", directory, folder);
    cr_assert_eq(mkdir(path, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/media/%s/package.json", directory, folder);
    write_file(path, INDEX, sizeof INDEX - 1);
    (void)snprintf(path, sizeof path, "%s/media/%s/v240.mp4", directory, folder);
    write_file(path, bytes, sizeof bytes);
}

static void make_account(void)
{
    struct user user = {.id = USER, .login = "lan", .name = "Lan", .role = ROLE_LEARNER};
    uint8_t hash[SHA256_BYTES];
    char path[sizeof directory + 20];

    (void)snprintf(path, sizeof path, "%s/banmai.sqlite3", directory);
    cr_assert_eq(db_open_writer(path, &writer), 0);
    cr_assert_eq(user_store_add(writer, &user, "!"), 0);
    session_token_new(session, hash);
    cr_assert_eq(session_store_add(writer, hash, USER, clock_wall_ms(), INT64_MAX), 0);
    cr_assert_eq(db_open_reader(path, &reader), 0);
}

static void make_lecture(void)
{
    CLEANUP(query_end)
    struct query q = query_start(writer, "INSERT INTO lectures (id, position, title, owner_id,"
                                         " state, filename, package_id, created_at_ms,"
                                         " updated_at_ms) VALUES (?1, 1, 'x', ?2, 'ready', '', ?1,"
                                         " 0, 0)");

    query_bind_text(&q, PACKAGE);
    query_bind_text(&q, USER);
    cr_assert_eq(query_run(&q), 0);
}

static void start(void)
{
    static _Atomic(const struct config *) now;

    cr_assert_not_null(mkdtemp(directory));
    cr_assert_eq(media_store_open(directory, 0, &media), 0);
    struct buf fault = buf_with_limit(200);
    cr_assert_eq(load_new(0, &load), 0);
    cr_assert_eq(route_index_new(ROUTE_TABLES, N_ROUTE_TABLES, &fault, &routes), 0);
    make_package();
    make_account();
    make_lecture();
    playback_token_make(&key, PACKAGE, clock_wall_ms(), token);
    atomic_store(&now, &config);
    services = (struct services){.reader = reader,
                                 .config = &now,
                                 .routes = routes,
                                 .media = media,
                                 .playback_key = &key,
                                 .taken_back = &taken_back,
                                 .health = &health,
                                 .load = load};
    static const struct http_site site = {.on_request = router_handle};

    engine =
        (struct http_engine){.site = &site, .limits = HTTP_DEFAULT_LIMITS, .max_connections = 10};
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *walk)
{
    (void)st;
    (void)kind;
    (void)walk;
    return remove(path);
}

static void stop(void)
{
    db_free(reader);
    db_free(writer);
    load_free(load);
    route_index_free(routes);
    media_store_free(media);
    (void)nftw(directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

TestSuite(router_allocations, .init = start, .fini = stop);

/* Everything that a loop keeps is new, so that each request meets all allocations. */
static void open_loop(void)
{
    cr_assert_eq(loop_init(&loop, &engine, 0), 0);
    cr_assert_eq(http_file_cache_new(8, &services.files), 0);
    cr_assert_eq(package_cache_new(media, 8, &services.packages), 0);
    cr_assert_eq(http_answer_cache_new(8, 1 << 20, &services.answers), 0);
    cr_assert_eq(verified_tokens_new(&key, &services.tokens), 0);
    cr_assert_eq(live_packages_new(&taken_back, &services.live), 0);
    cr_assert_eq(turns_new(&loop, &services.reports), 0);
    loop.context = &services;
}

static void close_loop(void)
{
    turns_free(services.reports);
    live_packages_free(services.live);
    verified_tokens_free(services.tokens);
    http_answer_cache_free(services.answers);
    package_cache_free(services.packages);
    http_file_cache_free(services.files);
    exchange_clear_spare(&loop);
    loop_clear(&loop);
}

/* The status of the answer; 0 when there was none. */
static int ask(const char *wire)
{
    static const struct http_peer PEER = {.address = "192.0.2.1"};
    char answer[65536];
    size_t n = 0;
    int fds[2];

    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), 0);
    cr_assert_eq(send(fds[1], wire, strlen(wire), MSG_NOSIGNAL), (ssize_t)strlen(wire));
    connection_open(&loop, fds[0], &PEER, h1_session_start);
    for (int idle = 0; idle < 3; idle++) {
        (void)event_base_loop(loop.base, EVLOOP_NONBLOCK);
        const ssize_t more = recv(fds[1], answer + n, sizeof answer - 1 - n, 0);
        if (more > 0) {
            n += (size_t)more;
            idle = -1;
        }
    }
    close(fds[1]);
    for (int i = 0; i < 4; i++)
        (void)event_base_loop(loop.base, EVLOOP_NONBLOCK);
    answer[n] = '\0';
    return n > 12 ? (int)strtol(answer + 9, NULL, 10) : 0;
}

/* One request with the n-th allocation failing. Returns whether there was an n-th one. */
static bool ask_short_of_memory(const char *wire, size_t n, bool is_once, int *ret_status)
{
    open_loop();
    if (is_once)
        fail_alloc_start_once(n);
    else
        fail_alloc_start(n);
    *ret_status = ask(wire);
    const bool has_failed = fail_alloc_stop();
    cr_assert(list_is_empty(&loop.members), "allocation %zu: the connection stayed", n);
    cr_assert_eq(loop.n_exchanges, 0, "allocation %zu: the exchange stayed", n);
    close_loop();
    return has_failed;
}

/* {t} is the playback token and {s} the session's. */
static void fill_in(const char *pattern, char wire[2048])
{
    struct buf b = buf_with_limit(2047);

    for (const char *at = pattern; *at; at++) {
        if (strncmp(at, "{t}", 3) != 0 && strncmp(at, "{s}", 3) != 0) {
            buf_append_char(&b, *at);
            continue;
        }
        buf_append_text(&b, at[1] == 't' ? token : session);
        at += 2;
    }
    memcpy(wire, b.data, b.length + 1);
    buf_clear(&b);
}

/* Asks until no allocation is left to fail. `also` is what may be answered then beside 503: jansson
 * does not tell short memory from a text that is damaged (500) or malformed (400). */
static void check(const char *pattern, int expected, int also)
{
    char wire[2048];
    size_t n_failures = 0;

    fill_in(pattern, wire);
    for (int is_once = 0; is_once < 2; is_once++) {
        bool has_failed = true;
        for (size_t n = 0; has_failed; n++) {
            int status = 0;
            has_failed = ask_short_of_memory(wire, n, is_once, &status);
            n_failures += has_failed;
            cr_assert(status == expected ||
                          (has_failed && (status == 503 || status == 0 || status == also)),
                      "allocation %zu of \"%.60s\": %d", n, wire, status);
            cr_assert_lt(n, 10000);
        }
    }
    cr_assert_gt(n_failures, 2, "\"%.60s\": no allocation failed", wire);
}

#define REQUEST(method, path, fields) method " " path " HTTP/1.1\r\nHost: h\r\n" fields "\r\n"
#define PLAY                          "/v/{t}/" PACKAGE

Test(router_allocations, playback)
{
    check(REQUEST("GET", PLAY "/multivariant.m3u8", ""), 200, DAMAGED);
    check(REQUEST("GET", PLAY "/multivariant.m3u8", "Accept-Encoding: gzip\r\n"), 200, DAMAGED);
    check(REQUEST("GET", PLAY "/v240/media.m3u8", ""), 200, DAMAGED);
    check(REQUEST("GET", PLAY "/v240/init.mp4", ""), 200, DAMAGED);
    check(REQUEST("HEAD", PLAY "/v240/0.m4s", ""), 200, DAMAGED);
    check(REQUEST("GET", PLAY "/v240/0.m4s", "Range: bytes=0-9,5000-5009,9000-\r\n"), 206, DAMAGED);
    check(REQUEST("GET", PLAY "/v240/0.m4s", "Range: bytes=90000-\r\n"), 416, DAMAGED);
    check(REQUEST("GET", PLAY "/v240.mp4", "Range: bytes=7-700\r\n"), 206, DAMAGED);
    check(REQUEST("GET", PLAY "/v240/7.m4s", ""), 404, DAMAGED);
    check(REQUEST("GET", "/v/x/" PACKAGE "/multivariant.m3u8", ""), 403, 0);
}

Test(router_allocations, interface)
{
    check(REQUEST("GET", "/healthz", ""), 200, 0);
    check(REQUEST("GET", "/metrics", ""), 401, 0);
    check(REQUEST("GET", "/api/v1/lectures", ""), 200, 0);
    check(REQUEST("GET", "/api/v1/courses", ""), 200, 0);
    check(REQUEST("GET", "/api/v1/lectures/" USER, ""), 404, 0);
    check(REQUEST("GET", "/api/v1/me", ""), 401, 0);
    check(REQUEST("GET", "/api/v1/me", "Cookie: a=b; banmai_session={s}\r\n"), 200, 0);
    check(REQUEST("GET", "/api/v1/admin/load", "Cookie: banmai_session={s}\r\n"), 403, 0);
}

#define POST(path, fields) REQUEST("POST", path, "Content-Type: application/json\r\n" fields)
#define SIGN_IN            "/api/v1/session"
#define SIGNED_IN          "Cookie: banmai_session={s}\r\n"

Test(router_allocations, bodies)
{
    check(POST(SIGN_IN, "Content-Length: 11\r\n") "{\"login\":5}", 400, 0);
    check(POST(SIGN_IN, "Transfer-Encoding: chunked\r\n") "6\r\n{\"a\":1\r\n1\r\n}\r\n0\r\n\r\n",
          400, 0);
    check(POST("/api/v1/progress", SIGNED_IN "Content-Length: 2\r\n") "{}", 400, 0);
}

Test(router_allocations, refusals)
{
    check(REQUEST("OPTIONS", "/api/v1/lectures", ""), 204, 0);
    check(REQUEST("PUT", "/api/v1/lectures", ""), 405, 0);
    check(REQUEST("GET", "/api/v1/nothing", ""), 404, 0);
    check(REQUEST("POST", "/api/v1/session", "Origin: https://evil.example\r\n"), 403, 0);
    check("GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n", 400, 0);
    check("GET / HTTP/1.1\r\nHost : h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", 400, 0);
}
