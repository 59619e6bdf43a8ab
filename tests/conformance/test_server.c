// SPDX-License-Identifier: GPL-3.0-or-later
/* test_server.c - the engine with handlers that show what it does, for tests that speak HTTP from
 * outside. Prints "port N", serves until its standard input ends, then stops gracefully and prints
 * "stopped".
 *
 *   /                 hello                          /canary, /canary-count   hits so far
 *   /echo             collects a body, answers it    /request   what the parser understood
 *   /count            streams a body: ?max= ?stop=   /committed bodies that came to their end
 *                     ?pause_ms= (after each piece)
 *   /bytes?n=         n bytes with an ETag           /files/NAME  a file of --root: ?offset=
 *                                                    ?length= ?pace= (bytes/s that are used)
 *   /text             compressible, with an ETag     /slow?ms=    answers later
 *   /events?n=&ms=    server-sent events             /counters    of the engine */
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/err.h"
#include "common/log.h"
#include "server/http/exchange/exchange.h"
#include "server/http/exchange/file.h"
#include "server/http/exchange/problem.h"
#include "server/http/exchange/response.h"
#include "server/http/loop/counters.h"
#include "server/http/loop/loop.h"
#include "server/http/message/limits.h"
#include "server/http/server.h"

enum { MAX_COLLECT = 1 << 20, MAX_BYTES = 64 << 20, N_TEXT_LINES = 200, MAX_CACHED_FILES = 64 };

static const struct http_problem NOT_FOUND = {404, "not-found",
                                              HTTP_WORDS("Not found", "Không tìm thấy"),
                                              HTTP_WORDS("The cause: %s.", "Nguyên nhân: %s.")};
static const struct http_problem NO_DESCRIPTOR = {503, "unavailable",
                                                  HTTP_WORDS("No descriptor is free",
                                                             "Không còn bộ mô tả tệp"),
                                                  HTTP_NO_WORDS};

struct options {
    struct http_server_config config;
    struct http_limits limits;
    const char *root;
    uint32_t grace_ms;
    bool logs;
};

struct app {
    _Atomic(struct http_server *) server; /* its loops run before we hear of it */
    int root_fd;
    char *pattern;    /* MAX_BYTES of it */
    char text[32768]; /* compressible */
    _Atomic uint64_t n_canary;
    _Atomic uint64_t n_committed;
};

static struct app app;

/* A decimal query parameter, or the default. */
static uint64_t parameter(const struct http_exchange *x, const char *name, uint64_t otherwise)
{
    uint64_t value = otherwise;

    (void)slice_to_u64(http_request_query(http_exchange_request(x), name), &value);
    return value;
}

static void answer_text(struct http_exchange *x, const char *text)
{
    char *copy = arena_copy(http_exchange_arena(x), slice_from(text));

    http_answer_bytes(x, 200, "text/plain", slice_from(copy), NULL);
}

static void answer_number(struct http_exchange *x, uint64_t number)
{
    char text[32];

    (void)snprintf(text, sizeof text, "%" PRIu64 "\n", number);
    answer_text(x, text);
}

/* ---- Bodies ---- */

static void answer_echo(struct http_exchange *x, struct slice body, void *arg)
{
    (void)arg;
    http_answer_bytes(x, 200, "application/octet-stream", body, NULL);
}

struct count {
    struct http_exchange *x;
    struct http_timer *timer; /* while paused */
    uint64_t n_bytes;
    uint64_t sum; /* of byte times position: order matters */
    uint64_t stop_at;
    uint32_t pause_ms;
};

static void on_pause_over(void *arg)
{
    struct count *count = arg;

    http_timer_free(count->timer);
    count->timer = NULL;
    http_exchange_resume_body(count->x);
}

static int status_of(int err)
{
    switch (err) {
    case 0:
        return 200;
    case ERR_TOO_LARGE:
        return 413;
    case ERR_TIMEOUT:
        return 408;
    default:
        return 400;
    }
}

static void answer_count(struct count *count, int err)
{
    char text[96];

    const int n = snprintf(text, sizeof text, "err=%d n=%" PRIu64 " sum=%" PRIu64 "\n", err,
                           count->n_bytes, count->sum);
    const char *copy = arena_copy(http_exchange_arena(count->x), slice_of(text, (size_t)n));
    http_answer_bytes(count->x, status_of(err), "text/plain", slice_of(copy, (size_t)n), NULL);
}

static int on_count_data(void *arg, struct slice data)
{
    struct count *count = arg;

    for (size_t i = 0; i < data.length; i++)
        count->sum += (unsigned char)data.data[i] * (++count->n_bytes % 65521);
    if (count->n_bytes >= count->stop_at) {
        answer_count(count, 0);
        return 1;
    }
    if (count->pause_ms > 0 && http_timer_start(http_exchange_loop(count->x), count->pause_ms,
                                                on_pause_over, count, &count->timer) == 0)
        http_exchange_pause_body(count->x);
    return 0;
}

static void on_count_end(void *arg, int err)
{
    struct count *count = arg;

    if (err == 0)
        atomic_fetch_add(&app.n_committed, 1);
    answer_count(count, err);
}

static void count_body(struct http_exchange *x)
{
    static const struct http_body_reader READER = {.on_data = on_count_data,
                                                   .on_end = on_count_end};
    struct count *count = arena_alloc(http_exchange_arena(x), sizeof *count);

    count->x = x;
    count->stop_at = parameter(x, "stop", UINT64_MAX);
    count->pause_ms = (uint32_t)parameter(x, "pause_ms", 0);
    http_exchange_read_body(x, parameter(x, "max", UINT64_MAX), &READER, count);
}

/* ---- Representations ---- */

static void answer_pattern(struct http_exchange *x)
{
    const uint64_t n = parameter(x, "n", 1000);
    const struct http_representation r = {.content_type = "video/mp4",
                                          .etag = "\"pattern\"",
                                          .cache_control = "public, max-age=31536000, immutable"};

    if (n > MAX_BYTES)
        http_answer(x, 400, NULL);
    else
        http_answer_representation(x, &r, slice_of(app.pattern, n));
}

static void answer_compressible(struct http_exchange *x)
{
    const struct http_representation r = {.content_type = "application/vnd.apple.mpegurl",
                                          .etag = "\"text-1\"",
                                          .cache_control = "no-cache",
                                          .is_compressible = true};

    http_answer_representation(x, &r, slice_from(app.text));
}

static void answer_root_file(struct http_exchange *x, const char *name)
{
    struct http_file_cache *cache = http_loop_context(http_exchange_loop(x));
    const struct http_representation r = {.content_type = "video/mp4",
                                          .etag = "\"file\"",
                                          .paced_bytes_per_s = (uint32_t)parameter(x, "pace", 0)};
    struct http_file *file = NULL;
    char key[256];

    (void)snprintf(key, sizeof key, "%.255s", name);
    const int err = http_file_cache_open(cache, key, app.root_fd, key, &file);
    if (err == ERR_UNAVAILABLE) {
        http_answer_problem(x, &NO_DESCRIPTOR, NULL, NULL);
        return;
    }
    if (err < 0) {
        http_answer_problem(x, &NOT_FOUND, err_text(err), NULL);
        return;
    }
    const uint64_t size = http_file_size(file);
    const uint64_t offset = parameter(x, "offset", 0);
    http_answer_file(x, &r, file, offset, parameter(x, "length", size - offset));
    http_file_unref(file);
}

/* ---- Answers that take their time ---- */

struct slow {
    struct http_exchange *x;
    struct http_timer *timer;
    uint64_t n_left;
};

static void on_slow(void *arg)
{
    struct slow *slow = arg;

    http_timer_free(slow->timer);
    answer_text(slow->x, "late\n");
}

static void on_event_due(void *arg)
{
    struct slow *slow = arg;
    struct slice event = slice_from("data: tick\n\n");

    if (parameter(slow->x, "big", 0))
        event = slice_of(app.pattern, 65536);
    if (slow->n_left-- > 0 && http_stream_write(slow->x, event) == 0)
        return;
    http_timer_free(slow->timer);
    http_stream_end(slow->x);
}

static void answer_later(struct http_exchange *x, void (*fn)(void *arg))
{
    struct slow *slow = arena_alloc(http_exchange_arena(x), sizeof *slow);

    slow->x = x;
    slow->n_left = parameter(x, "n", 3);
    (void)http_timer_start(http_exchange_loop(x), (uint32_t)parameter(x, "ms", 20), fn, slow,
                           &slow->timer);
}

/* ---- What there is to know ---- */

static void answer_request(struct http_exchange *x)
{
    const struct http_request *r = http_exchange_request(x);
    struct buf b = buf_with_limit(65536);

    buf_printf(&b, "method=%s\npath=%.*s\nquery=%.*s\nhost=%.*s\npeer=%s tls=%d local=%d\n",
               http_method_name(r->method), SLICE_ARGS(r->path), SLICE_ARGS(r->query),
               SLICE_ARGS(r->host), r->peer->address, r->peer->is_tls, r->peer->is_local_socket);
    const struct slice cookie = http_request_cookie(r, "sid");
    buf_printf(&b, "cookie=%.*s\n", SLICE_ARGS(cookie));
    for (size_t i = 0; i < r->n_headers; i++)
        buf_printf(&b, "%.*s: %.*s\n", SLICE_ARGS(r->headers[i].name),
                   SLICE_ARGS(r->headers[i].value));
    const char *copy = arena_copy(http_exchange_arena(x), buf_slice(&b));
    http_answer_bytes(x, 200, "text/plain", slice_of(copy, b.length), NULL);
    buf_clear(&b);
}

static void answer_counters(struct http_exchange *x)
{
    struct http_counters counters;
    struct buf b = buf_with_limit(65536);

    http_server_counters(atomic_load(&app.server), HTTP_ALL_LOOPS, &counters);
    for (enum http_counter i = 0; i < HTTP_N_COUNTERS; i++)
        buf_printf(&b, "%s %" PRIu64 "\n", http_counter_name(i), counters.values[i]);
    const char *copy = arena_copy(http_exchange_arena(x), buf_slice(&b));
    http_answer_bytes(x, 200, "text/plain", slice_of(copy, b.length), NULL);
    buf_clear(&b);
}

static void answer_method_not_allowed(struct http_exchange *x, const char *allow)
{
    const struct http_header field = HTTP_HEADER("allow", allow);
    const struct http_headers headers = {.fields = &field, .n_fields = 1};

    http_answer(x, 405, &headers);
}

static void on_get(struct http_exchange *x, struct slice path)
{
    if (slice_is(path, "/"))
        answer_text(x, "hello\n");
    else if (slice_is(path, "/canary"))
        answer_number(x, atomic_fetch_add(&app.n_canary, 1) + 1);
    else if (slice_is(path, "/canary-count"))
        answer_number(x, atomic_load(&app.n_canary));
    else if (slice_is(path, "/committed"))
        answer_number(x, atomic_load(&app.n_committed));
    else if (slice_is(path, "/request"))
        answer_request(x);
    else if (slice_is(path, "/counters"))
        answer_counters(x);
    else if (slice_is(path, "/bytes"))
        answer_pattern(x);
    else if (slice_is(path, "/text"))
        answer_compressible(x);
    else if (slice_is(path, "/slow"))
        answer_later(x, on_slow);
    else if (slice_starts_with(path, "/files/"))
        answer_root_file(x, arena_copy(http_exchange_arena(x), slice_skip(path, 7)));
    else
        http_answer_problem(x, &NOT_FOUND, "no such path", NULL);
}

static void on_request(struct http_exchange *x, void *arg)
{
    const struct http_request *request = http_exchange_request(x);
    const struct slice path = request->path;
    const bool is_read = request->method == HTTP_GET || request->method == HTTP_HEAD;

    (void)arg;
    if (slice_is(path, "/events") && is_read) {
        http_stream_begin(x, "text/event-stream", NULL);
        answer_later(x, on_event_due);
    } else if (slice_is(path, "/echo") && request->method == HTTP_POST) {
        http_exchange_collect_body(x, MAX_COLLECT, answer_echo, NULL);
    } else if (slice_is(path, "/count") && !is_read) {
        count_body(x);
    } else if (is_read) {
        on_get(x, path);
    } else {
        answer_method_not_allowed(x, "GET, HEAD");
    }
}

static void on_answered(const struct http_answered *record, void *arg)
{
    (void)arg;
    log_info("answered", log_str("method", http_method_name(record->request->method)),
             log_slice("path", record->path), log_int("status", record->status),
             log_int("bytes", (int64_t)record->n_body_bytes),
             log_int("duration_ms", record->duration_ms), log_bool("was_sent", record->was_sent),
             log_str("peer", record->request->peer->address));
}

static int on_loop_start(struct http_loop *loop, void *arg, void **ret_context)
{
    struct http_file_cache *cache = NULL;

    (void)loop;
    (void)arg;
    const int err = http_file_cache_new(MAX_CACHED_FILES, &cache);
    *ret_context = cache;
    return err;
}

static void on_loop_stop(struct http_loop *loop, void *context)
{
    (void)loop;
    http_file_cache_free(context);
}

/* ---- The program ---- */

static int fill_app(const char *root)
{
    size_t n = 0;

    app.root_fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    app.pattern = malloc(MAX_BYTES);
    if (app.root_fd < 0 || !app.pattern)
        return -1;
    for (size_t i = 0; i < MAX_BYTES; i++)
        app.pattern[i] = (char)('a' + (i * 7 + i / 251) % 26);
    for (int i = 0; i < N_TEXT_LINES; i++)
        n += (size_t)snprintf(app.text + n, sizeof app.text - n, "#EXTINF:6.000,\nsegment/%d.m4s\n",
                              i);
    return 0;
}

static bool read_number(char **argv, const char *name, uint32_t *ret_value)
{
    if (strcmp(argv[0], name) != 0)
        return false;
    *ret_value = (uint32_t)strtoul(argv[1], NULL, 10);
    return true;
}

static bool read_switch(char **argv, const char *name, bool *ret_value)
{
    if (strcmp(argv[0], name) != 0)
        return false;
    *ret_value = strcmp(argv[1], "yes") == 0;
    return true;
}

static bool read_text(char **argv, const char *name, const char **ret_value)
{
    if (strcmp(argv[0], name) != 0)
        return false;
    *ret_value = argv[1];
    return true;
}

static int read_options(int argc, char **argv, struct options *o)
{
    static const char *hosts[2];

    for (int i = 1; i + 1 < argc; i += 2) {
        char **arg = argv + i;
        if (read_text(arg, "--listen", &o->config.listen) ||
            read_text(arg, "--tls-cert", &o->config.tls_certificate) ||
            read_text(arg, "--tls-key", &o->config.tls_key) ||
            read_switch(arg, "--kernel-tls", &o->config.may_use_kernel_tls) ||
            read_text(arg, "--control", &o->config.control_socket) ||
            read_text(arg, "--root", &o->root) || read_number(arg, "--loops", &o->config.n_loops) ||
            read_number(arg, "--grace-ms", &o->grace_ms) ||
            read_number(arg, "--head-ms", &o->limits.head_ms) ||
            read_number(arg, "--idle-ms", &o->limits.idle_ms) ||
            read_number(arg, "--send-stall-ms", &o->limits.send_stall_ms) ||
            read_number(arg, "--window-stall-ms", &o->limits.window_stall_ms) ||
            read_number(arg, "--linger-ms", &o->limits.linger_ms) ||
            read_number(arg, "--body-grace-ms", &o->limits.body_grace_ms) ||
            read_number(arg, "--max-connections", &o->limits.max_connections))
            continue;
        if (read_text(arg, "--host", &hosts[o->config.site.n_hosts])) {
            o->config.site.n_hosts++;
            o->config.site.hosts = hosts;
        } else if (strcmp(arg[0], "--log") == 0) {
            o->config.site.on_answered = on_answered;
        } else {
            return -1;
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct options o = {.limits = HTTP_DEFAULT_LIMITS, .root = ".", .grace_ms = 5000};
    struct http_server *server = NULL;
    const char *message = NULL;
    char byte;

    o.config = (struct http_server_config){.listen = "127.0.0.1:0",
                                           .n_loops = 1,
                                           .site.on_request = on_request,
                                           .on_loop_start = on_loop_start,
                                           .on_loop_stop = on_loop_stop};
    if (read_options(argc, argv, &o) < 0 || fill_app(o.root) < 0) {
        (void)fprintf(stderr, "bad usage\n");
        return 2;
    }
    o.config.limits = &o.limits;
    if (http_server_start(&o.config, &server, &message) < 0) {
        (void)fprintf(stderr, "%s\n", message);
        return 1;
    }
    atomic_store(&app.server, server);
    (void)printf("port %u\n", http_server_port(server));
    (void)fflush(stdout);
    while (read(STDIN_FILENO, &byte, 1) > 0) {
        const bool reloads = byte == 'r' && http_server_reload_tls(server, &message) == 0;
        (void)printf("%s\n", reloads ? "reloaded" : message);
        (void)fflush(stdout);
    }
    http_server_stop(server, o.grace_ms);
    http_server_free(server);
    (void)close(app.root_fd);
    free(app.pattern);
    (void)printf("stopped\n");
    return 0;
}
