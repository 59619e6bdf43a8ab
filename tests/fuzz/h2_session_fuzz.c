// SPDX-License-Identifier: GPL-3.0-or-later
/* A whole HTTP/2 connection in one thread: bytes in at one end of a socket pair, handlers called,
 * and what the server says read as a client would. However the bytes are cut into packets, what is
 * said is well-formed, bodies are whole and the right ones, and when the peer is gone nothing is
 * left.
 *
 * The first byte of the input says how it is cut; with its highest bit a client's preface with wide
 * windows is put in front. Handlers answer by path: /body reads a body and answers, /stop answers
 * in the middle of one, /later answers after the next turn of the loop, /text a compressible text,
 * /kept the same and parts of a file as prepared answers, /events a stream; of a tree of files /a,
 * /b and /c are small, larger than a window, and empty; any other does not exist. */
#include <event2/event.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/err.h"
#include "server/http/exchange/exchange_core.h"
#include "server/http/exchange/file_core.h"
#include "server/http/exchange/prepared.h"
#include "server/http/exchange/problem.h"
#include "server/http/exchange/site.h"
#include "server/http/h2/h2_session.h"
#include "server/http/socket/connection.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/h2_reader.h"

static const struct http_problem NOT_FOUND = {404, "not-found",
                                              HTTP_WORDS("No such thing", "Không có"),
                                              HTTP_NO_WORDS};

enum { MAX_INPUT_BYTES = 16 << 10, MAX_BODY_BYTES = 4096, N_FILES = 3, WITH_PREFACE = 0x80 };

static const size_t FILE_BYTES[N_FILES] = {1000, 100 * 1000, 0};
static const char PREFACE[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
                              "\0\0\6\4\0\0\0\0\0\0\4\0\xff\0\0" /* SETTINGS_INITIAL_WINDOW_SIZE */
                              "\0\0\4\x8\0\0\0\0\0\0\xff\0\0";   /* WINDOW_UPDATE */

static const struct http_representation MEDIA = {.content_type = H2_READER_COUNTING_TYPE,
                                                 .etag = "\"m\"",
                                                 .paced_bytes_per_s = 1 << 30};
static const struct http_representation TEXT = {.content_type = "text/plain",
                                                .etag = "\"t\"",
                                                .is_compressible = true};

static struct http_engine engine;
static struct http_loop loop;
static struct http_file *files[N_FILES];
static struct http_prepared *kept_text, *kept_part;
static char text[2000];
static struct h2_reader reader;

struct seen_body {
    struct http_exchange *x;
    struct loop_task later;
};

static int on_data(void *arg, struct slice data)
{
    (void)arg;
    MUST(data.length > 0);
    return 0;
}

static void on_end(void *arg, int err)
{
    const struct seen_body *body = arg;

    http_answer(body->x, err ? 400 : 204, NULL);
}

static int on_data_stop(void *arg, struct slice data)
{
    const struct seen_body *body = arg;

    (void)data;
    http_answer(body->x, 200, NULL);
    return 1;
}

static void on_later(struct loop_task *task)
{
    http_answer(LIST_ELEMENT(task, struct seen_body, later)->x, 200, NULL);
}

static void answer_events(struct http_exchange *x)
{
    http_stream_begin(x, "text/event-stream", NULL);
    (void)http_stream_write(x, slice_from("data: 1\n\n"));
    http_stream_end(x);
}

static void answer_get(struct http_exchange *x, struct slice path)
{
    const size_t i = path.length == 2 ? (size_t)(path.data[1] - 'a') : N_FILES;

    if (i < N_FILES)
        http_answer_file(x, &MEDIA, files[i], 0, files[i]->size);
    else if (slice_is(path, "/text"))
        http_answer_representation(x, &TEXT, slice_of(text, sizeof text));
    else if (slice_is(path, "/kept"))
        http_answer_prepared(x, kept_text);
    else if (slice_is(path, "/kept/part"))
        http_answer_prepared(x, kept_part);
    else if (slice_is(path, "/events"))
        answer_events(x);
    else
        http_answer_problem(x, &NOT_FOUND, NULL, NULL);
}

static void on_request(struct http_exchange *x, void *arg)
{
    static const struct http_body_reader READER = {.on_data = on_data, .on_end = on_end};
    static const struct http_body_reader STOPPER = {.on_data = on_data_stop, .on_end = on_end};
    const struct http_request *request = http_exchange_request(x);
    struct seen_body *body = arena_alloc(http_exchange_arena(x), sizeof *body);

    (void)arg;
    MUST(body && request->path.length > 0);
    *body = (struct seen_body){.x = x, .later.run = on_later};
    if (slice_is(request->path, "/body"))
        http_exchange_read_body(x, MAX_BODY_BYTES, &READER, body);
    else if (slice_is(request->path, "/stop"))
        http_exchange_read_body(x, MAX_BODY_BYTES, &STOPPER, body);
    else if (slice_is(request->path, "/later"))
        loop_later(&loop, &body->later);
    else
        answer_get(x, request->path);
}

static struct http_file *make_file(size_t size)
{
    struct http_file *file = calloc(1, sizeof *file + 1);
    char *bytes = malloc(size + 1);

    MUST(file && bytes);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)(i % H2_READER_MODULUS);
    file->fd = memfd_create("fuzz", MFD_CLOEXEC);
    file->n_references = 1;
    file->size = size;
    MUST(write(file->fd, bytes, size) == (ssize_t)size);
    free(bytes);
    return file;
}

static void start(void)
{
    static const struct http_site SITE = {.on_request = on_request};

    engine.site = &SITE;
    engine.limits = HTTP_DEFAULT_LIMITS;
    engine.max_connections = 10;
    memset(text, 'x', sizeof text);
    for (int i = 0; i < N_FILES; i++)
        files[i] = make_file(FILE_BYTES[i]);
    MUST(loop_init(&loop, &engine, 0) == 0);
    MUST(http_prepared_new_bytes(&TEXT, slice_of(text, sizeof text), &kept_text) == 0);
    MUST(http_prepared_new_file(&MEDIA, files[1], 700, 90 * 1000, &kept_part) == 0);
}

/* Lets the loop run until it has nothing to do, and reads what it says. */
static void settle(int fd, bool *ret_is_closed)
{
    char said[64 * 1024];
    ssize_t n = 1;

    for (int idle = 0; idle<2; idle = n> 0 ? 0 : idle + 1) {
        MUST(event_base_loop(loop.base, EVLOOP_NONBLOCK) >= 0);
        n = recv(fd, said, sizeof said, MSG_DONTWAIT);
        *ret_is_closed = *ret_is_closed || n == 0;
        if (n > 0)
            h2_reader_take(&reader, slice_of(said, (size_t)n));
    }
}

static void send_in_pieces(int fd, struct slice input, size_t step, bool *ret_is_closed)
{
    while (input.length > 0 && !*ret_is_closed) {
        const size_t length = input.length < step ? input.length : step;
        const ssize_t n = send(fd, input.data, length, MSG_NOSIGNAL | MSG_DONTWAIT);
        settle(fd, ret_is_closed);
        if (n < 0)
            break; /* refused, and hung up */
        input = slice_skip(input, (size_t)n);
    }
}

/* Returns how many answers were begun. */
static unsigned converse(struct slice input, bool with_preface, size_t step)
{
    static const struct http_peer PEER = {.address = "192.0.2.1"};
    bool is_closed = false;
    int fds[2];

    MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) == 0);
    h2_reader_begin(&reader);
    connection_open(&loop, fds[0], &PEER, h2_session_start);
    MUST(!list_is_empty(&loop.members));
    if (with_preface)
        send_in_pieces(fds[1], slice_of(PREFACE, sizeof PREFACE - 1), sizeof PREFACE, &is_closed);
    send_in_pieces(fds[1], input, step, &is_closed);
    (void)shutdown(fds[1], SHUT_WR);
    settle(fds[1], &is_closed);
    (void)close(fds[1]);
    for (int i = 0; i < 8; i++)
        MUST(event_base_loop(loop.base, EVLOOP_NONBLOCK) >= 0);
    MUST(list_is_empty(&loop.members) && loop.n_exchanges == 0);
    for (int i = 0; i < N_FILES; i++)
        MUST(files[i]->n_references == (i == 1 ? 2 : 1));
    h2_reader_end(&reader);
    return reader.n_answers;
}

/* Shows that what is held to be well-formed is there at all. */
static void try_one_request(void)
{
    static const char GET[] = "\0\0\x9\1\5\0\0\0\1"
                              "\x82\x87\4\2/b\1\1h"; /* method, scheme, :path, :authority */

    MUST(converse(slice_of(GET, sizeof GET - 1), true, sizeof GET) == 1);
    MUST(reader.n_body_bytes == FILE_BYTES[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!loop.base) {
        start();
        try_one_request();
    }
    if (size == 0 || size > MAX_INPUT_BYTES)
        return 0;
    const struct slice input = fuzz_slice(data + 1, size - 1);
    const bool with_preface = (data[0] & WITH_PREFACE) != 0;
    (void)converse(input, with_preface, input.length + 1);
    (void)converse(input, with_preface, 1 + data[0] % 100);
    return 0;
}
