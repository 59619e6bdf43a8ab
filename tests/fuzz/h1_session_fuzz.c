// SPDX-License-Identifier: GPL-3.0-or-later
/* A whole HTTP/1.1 connection in one thread: bytes in at one end of a socket pair, handlers called.
 * Which requests are executed, and with which bodies, must not depend on how the bytes were cut
 * into packets; and when the peer is gone nothing is left.
 *
 * The first byte of the input says how it is cut. Handlers answer by path: /body reads a body and
 * answers, /stop answers in the middle of one, /later answers after the next turn of the loop,
 * /ranges a representation of 2000 bytes, /events a stream, any other at once. */
#include <event2/event.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/err.h"
#include "server/http/exchange/exchange_core.h"
#include "server/http/exchange/problem.h"
#include "server/http/exchange/site.h"
#include "server/http/h1/h1_session.h"
#include "server/http/socket/connection.h"
#include "tests/fuzz/fuzz.h"

static const struct http_problem NOT_FOUND = {404, "not-found",
                                              HTTP_WORDS("No such thing", "Không có"),
                                              HTTP_NO_WORDS};

enum { MAX_INPUT_BYTES = 32 << 10, MAX_BODY_BYTES = 4096, MAX_JOURNAL_BYTES = 16 << 20 };

static struct http_engine engine;
static struct http_loop loop;
static struct buf journal; /* what the handlers saw */
static char bytes[2000];

struct seen_body {
    struct http_exchange *x;
    struct loop_task later;
    uint64_t n, sum;
};

static int on_data(void *arg, struct slice data)
{
    struct seen_body *body = arg;

    for (size_t i = 0; i < data.length; i++)
        body->sum += (unsigned char)data.data[i] * (++body->n % 65521);
    return 0;
}

static void answer_body(struct seen_body *body, int err)
{
    buf_printf(&journal, "  err=%d n=%llu sum=%llu\n", err, (unsigned long long)body->n,
               (unsigned long long)body->sum);
    http_answer(body->x, err ? 400 : 204, NULL);
}

static void on_end(void *arg, int err)
{
    answer_body(arg, err);
}

/* Stops at the first bytes: how many those are depends on the packets, so they are not told. */
static int on_data_stop(void *arg, struct slice data)
{
    struct seen_body *body = arg;

    (void)data;
    http_answer(body->x, 200, NULL);
    return 1;
}

static void on_end_stop(void *arg, int err)
{
    const struct seen_body *body = arg;

    (void)err;
    http_answer(body->x, 200, NULL);
}

static void on_later(struct loop_task *task)
{
    http_answer(LIST_ELEMENT(task, struct seen_body, later)->x, 200, NULL);
}

static void answer_ranges(struct http_exchange *x)
{
    const struct http_representation r = {.content_type = "text/plain",
                                          .etag = "\"r\"",
                                          .is_compressible = true};

    http_answer_representation(x, &r, slice_of(bytes, sizeof bytes));
}

static void answer_events(struct http_exchange *x)
{
    http_stream_begin(x, "text/event-stream", NULL);
    (void)http_stream_write(x, slice_from("data: 1\n\n"));
    http_stream_end(x);
}

static void on_request(struct http_exchange *x, void *arg)
{
    static const struct http_body_reader READER = {.on_data = on_data, .on_end = on_end};
    static const struct http_body_reader STOPPER = {.on_data = on_data_stop, .on_end = on_end_stop};
    const struct http_request *request = http_exchange_request(x);
    struct seen_body *body = arena_alloc(http_exchange_arena(x), sizeof *body);

    (void)arg;
    MUST(body);
    *body = (struct seen_body){.x = x, .later.run = on_later};
    buf_printf(&journal, "%s %.*s ? %.*s\n", http_method_name(request->method),
               SLICE_ARGS(request->path), SLICE_ARGS(request->query));
    if (slice_is(request->path, "/body"))
        http_exchange_read_body(x, MAX_BODY_BYTES, &READER, body);
    else if (slice_is(request->path, "/stop"))
        http_exchange_read_body(x, MAX_BODY_BYTES, &STOPPER, body);
    else if (slice_is(request->path, "/later"))
        loop_later(&loop, &body->later);
    else if (slice_is(request->path, "/ranges"))
        answer_ranges(x);
    else if (slice_is(request->path, "/events"))
        answer_events(x);
    else
        http_answer_problem(x, &NOT_FOUND, NULL, NULL);
}

static void start_loop(void)
{
    static const struct http_site SITE = {.on_request = on_request};

    engine.site = &SITE;
    engine.limits = HTTP_DEFAULT_LIMITS;
    engine.max_connections = 10;
    journal = buf_with_limit(MAX_JOURNAL_BYTES);
    memset(bytes, 'x', sizeof bytes);
    MUST(loop_init(&loop, &engine, 0) == 0);
}

/* Lets the loop run until it has nothing to do, and reads what it says. */
static void settle(int fd, bool *ret_is_closed)
{
    char said[4096];
    ssize_t n = 1;

    for (int idle = 0; idle<2; idle = n> 0 ? 0 : idle + 1) {
        MUST(event_base_loop(loop.base, EVLOOP_NONBLOCK) >= 0);
        n = recv(fd, said, sizeof said, MSG_DONTWAIT);
        *ret_is_closed = *ret_is_closed || n == 0;
    }
}

static void send_in_pieces(int fd, struct slice input, size_t step)
{
    bool is_closed = false;

    while (input.length > 0 && !is_closed) {
        const size_t length = input.length < step ? input.length : step;
        const ssize_t n = send(fd, input.data, length, MSG_NOSIGNAL | MSG_DONTWAIT);
        settle(fd, &is_closed);
        if (n > 0)
            input = slice_skip(input, (size_t)n);
        else if (is_closed || n < 0)
            break; /* refused, and hung up */
    }
    (void)shutdown(fd, SHUT_WR);
    settle(fd, &is_closed);
}

/* Returns what was executed; the caller frees it. */
static char *converse(struct slice input, size_t step)
{
    static const struct http_peer PEER = {.address = "192.0.2.1"};
    int fds[2];

    buf_reset(&journal);
    MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) == 0);
    connection_open(&loop, fds[0], &PEER, h1_session_start);
    send_in_pieces(fds[1], input, step);
    (void)close(fds[1]);
    for (int i = 0; i < 8; i++)
        MUST(event_base_loop(loop.base, EVLOOP_NONBLOCK) >= 0);
    MUST(list_is_empty(&loop.members) && loop.n_exchanges == 0);
    MUST(journal.err == 0);
    buf_append_char(&journal, '\0');
    return fuzz_copy(buf_slice(&journal));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!loop.base)
        start_loop();
    if (size == 0 || size > MAX_INPUT_BYTES)
        return 0;
    const struct slice input = fuzz_slice(data + 1, size - 1);
    char *whole = converse(input, input.length + 1);
    char *pieces = converse(input, 1 + data[0] % 100);
    if (strcmp(whole, pieces) != 0)
        (void)fprintf(stderr, "at once:\n%s\nin pieces:\n%s\n", whole, pieces);
    MUST(strcmp(whole, pieces) == 0);
    free(whole);
    free(pieces);
    return 0;
}
