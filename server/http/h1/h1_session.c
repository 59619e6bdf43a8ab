// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/h1/h1_session.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "common/err.h"
#include "server/http/exchange/problem.h"
#include "server/http/exchange/response.h"
#include "server/http/h1/h1_core.h"
#include "server/http/socket/linger.h"

enum {
    HEAD_READ_BYTES = 16 * 1024,
    INPUT_LIMIT = 128 * 1024, /* a head, or what one read of a body left over */
};

static void start_waiting_for_head(struct h1_session *h, int64_t deadline_ms)
{
    h->state = H1_HEAD;
    h->scan = (struct h1_scan){.at = 0};
    connection_set_deadline(h->c, deadline_ms);
}

/* ---- HEAD: from bytes to a request ---- */

/* An answer of the engine's own, after which nothing is read: what follows a malformed head cannot
 * be told from part of it. */
enum h1_step h1_refuse(struct h1_session *h, int status)
{
    if (!h->x)
        h->x = exchange_new(h->c->loop, &h->c->peer);
    if (!h->x)
        return H1_CLOSE;
    h->is_broken = true;
    h->state = H1_BUSY;
    h->x->protocol = &H1_PROTOCOL;
    h->x->owner = h;
    http_refuse(h->x, status);
    return H1_GO_ON;
}

static void fill_request(struct http_exchange *x, const struct h1_head *head,
                         const struct http_header *fields)
{
    x->version = head->is_http_1_0 ? 10 : 11;
    x->request.method = head->method;
    x->request.path = head->path;
    x->request.query = head->query;
    x->request.host = head->host;
    x->request.headers = fields;
    x->request.n_headers = head->n_fields;
    x->request.has_body = head->has_body;
    x->request.content_length = head->content_length;
}

static enum h1_step dispatch(struct h1_session *h, const struct h1_head *head)
{
    struct http_loop *loop = h->c->loop;
    struct http_exchange *x = h->x;

    h->state = H1_BUSY;
    h->keeps_alive = head->wants_keep_alive;
    x->protocol = &H1_PROTOCOL;
    x->owner = h;
    h1_body_begin(h, head);
    connection_set_deadline(h->c, 0);
    counter_add(&loop->counters, HTTP_COUNT_REQUESTS, 1);
    if (!exchange_is_for_us(x))
        return h1_refuse(h, 421);
    if (head->path.data[0] == '*')
        http_answer(x, 204, NULL); /* "OPTIONS *": a ping */
    else
        exchange_dispatch(x);
    return H1_GO_ON;
}

/* The head's bytes move to the exchange: what the handler sees stays put whatever is read next. */
static enum h1_step take_head(struct h1_session *h, const char *data, size_t length)
{
    struct h1_head head;

    h->x = exchange_new(h->c->loop, &h->c->peer);
    if (!h->x)
        return H1_CLOSE;
    char *copy = arena_copy(&h->x->arena, slice_of(data, length));
    struct http_header *fields =
        arena_alloc(&h->x->arena, h->scan.n_lines * sizeof(struct http_header));
    if (!copy || !fields)
        return h1_refuse(h, 503);
    const int refusal = h1_head_parse(copy, length, h->scan.n_lines, fields, &head);
    if (refusal) {
        if (slice_starts_with(slice_of(data, length), "HEAD "))
            h->x->request.method = HTTP_HEAD; /* whose answer has no body, whatever is wrong */
        return h1_refuse(h, refusal);
    }
    fill_request(h->x, &head, fields);
    return dispatch(h, &head);
}

/* Looks at bytes that are not in h->input; keeps there what is not part of a complete head. */
static enum h1_step take_fresh_input(struct h1_session *h, const char *data, size_t length)
{
    const int result = h1_scan(&h->scan, data, length);
    const size_t used = result == 0 ? h->scan.at : 0;

    if (result > 0)
        return h1_refuse(h, result);
    if (used < length) /* even an empty append makes the buffer */
        buf_append(&h->input, data + used, length - used);
    if (h->input.err)
        return H1_CLOSE;
    if (result == ERR_AGAIN)
        return H1_GO_ON;
    return take_head(h, data + h->scan.start, used - h->scan.start);
}

static enum h1_step take_kept_input(struct h1_session *h)
{
    const int result = h1_scan(&h->scan, h->input.data, h->input.length);
    const struct h1_scan scan = h->scan;

    if (result == ERR_AGAIN)
        return H1_GO_ON;
    if (result > 0)
        return h1_refuse(h, result);
    const enum h1_step step = take_head(h, h->input.data + scan.start, scan.at - scan.start);
    buf_consume(&h->input, scan.at);
    return step;
}

/* The clock of a head runs from its first byte. */
static void note_head_begun(struct h1_session *h)
{
    const struct http_loop *loop = h->c->loop;

    if (h->state == H1_HEAD && h->input.length > 0 && !h->has_head_begun) {
        h->has_head_begun = true;
        connection_set_deadline(h->c, loop->now_ms + loop->engine->limits.head_ms);
    }
}

static enum h1_step read_head(struct h1_session *h)
{
    char *to = h->c->loop->read_scratch;
    const bool is_kept = h->input.length > 0;

    if (is_kept)
        to = buf_reserve(&h->input, HEAD_READ_BYTES);
    if (!to)
        return H1_CLOSE;
    const ssize_t n = connection_read(h->c, to, HEAD_READ_BYTES);
    if (n == ERR_AGAIN)
        return H1_WAIT;
    if (n <= 0)
        return H1_CLOSE;
    if (!is_kept)
        return take_fresh_input(h, to, (size_t)n);
    buf_commit(&h->input, (size_t)n);
    return H1_GO_ON;
}

static enum h1_step head_step(struct h1_session *h)
{
    enum h1_step step = H1_WAIT;

    if (!h->is_from_loop || h->n_turn_requests == 0) {
        if (h->input.length > 0 || h->c->socket.is_readable)
            connection_again(h->c);
        return H1_WAIT;
    }
    if (h->input.length > h->scan.at)
        step = take_kept_input(h);
    else
        step = read_head(h);
    /* A reset that came together with part of a head makes no edge of its own. */
    if (step == H1_GO_ON && h->state == H1_HEAD)
        connection_look_again(h->c);
    note_head_begun(h);
    if (h->input.length == 0)
        buf_clear(&h->input); /* an idle connection holds no buffer */
    if (step == H1_WAIT && h->input.length == 0 && h->c->loop->is_stopping)
        return H1_CLOSE;
    return step;
}

/* ---- The end of an exchange ---- */

enum h1_step h1_finish(struct h1_session *h)
{
    const struct http_loop *loop = h->c->loop;
    struct http_exchange *x = h->x;

    h->x = NULL;
    buf_clear(&h->stream);
    exchange_release(x, true);
    if (!h->keeps_alive || h->is_broken || h->has_eof)
        return H1_LINGER;
    if (!h->has_body_end) {
        h->state = H1_DISCARDING;
        connection_set_deadline(h->c, loop->now_ms + loop->engine->limits.head_ms);
        return H1_GO_ON;
    }
    return h1_next_request(h);
}

enum h1_step h1_next_request(struct h1_session *h)
{
    const struct http_loop *loop = h->c->loop;

    h->has_head_begun = false;
    start_waiting_for_head(h, loop->now_ms + loop->engine->limits.idle_ms);
    if (h->n_turn_requests > 0)
        h->n_turn_requests--;
    if (loop->is_stopping)
        return H1_CLOSE;
    note_head_begun(h);
    return H1_GO_ON;
}

/* ---- The session ---- */

/* The handler works. An edge now means more input, which waits, or the end of the connection. */
static enum h1_step busy_step(struct h1_session *h)
{
    char byte;

    if (exchange_wants_body(h->x))
        return h1_body_step(h);
    if (h->c->socket.is_readable && recv(h->c->socket.fd, &byte, 1, MSG_PEEK) < 0 &&
        errno != EAGAIN)
        return H1_CLOSE;
    return H1_WAIT;
}

/* A deadline has passed: a body that comes too slowly ends and its handler answers; all else that
 * does not move is closed. */
static enum h1_step overdue_step(struct h1_session *h)
{
    const struct http_loop *loop = h->c->loop;
    const bool is_idle = h->state == H1_HEAD && h->input.length == 0;

    h->is_overdue = false;
    h->rate_due_ms = 0;
    if (h->state == H1_BUSY && body_rate_is_enough(&h->rate, loop->now_ms, &loop->engine->limits)) {
        connection_look_again(h->c); /* or part of a body: see head_step */
        return H1_GO_ON;
    }
    if ((h->state == H1_SENDING || h->state == H1_STREAMING) && h1_peer_takes_bytes(h))
        return H1_GO_ON;
    if (!is_idle)
        counter_add(&h->c->loop->counters, HTTP_COUNT_TIMEOUTS, 1);
    if (h->state == H1_HEAD && !is_idle)
        return h1_refuse(h, 408);
    if (h->state != H1_BUSY)
        return H1_CLOSE;
    h->is_broken = true;
    exchange_end_body(h->x, ERR_TIMEOUT);
    return H1_GO_ON;
}

static enum h1_step do_step(struct h1_session *h)
{
    if (h->is_overdue)
        return overdue_step(h);
    switch (h->state) {
    case H1_HEAD:
        return head_step(h);
    case H1_BUSY:
        return busy_step(h);
    case H1_SENDING:
        return h1_send_step(h);
    case H1_STREAMING:
        return h1_stream_step(h);
    case H1_DISCARDING:
        return h1_discard_step(h);
    }
    return H1_CLOSE;
}

void h1_run(struct h1_session *h, bool is_from_loop)
{
    enum h1_step step;

    if (h->is_running)
        return;
    h->is_running = true;
    h->is_from_loop = is_from_loop;
    do
        step = do_step(h);
    while (step == H1_GO_ON);
    h->is_running = false;
    if (step == H1_CLOSE)
        connection_close(h->c);
    else if (step == H1_LINGER)
        linger_start(h->c);
}

static void advance(void *session)
{
    struct h1_session *h = session;

    h->n_turn_requests = HTTP_REQUESTS_PER_TURN;
    h1_run(h, true);
}

static void on_deadline(void *session)
{
    struct h1_session *h = session;

    h->is_overdue = true;
    advance(h);
}

static void stop(void *session)
{
    struct h1_session *h = session;

    connection_look_again(h->c); /* a request may have come that we have not been told of */
    connection_again(h->c);
}

static void free_session(void *session)
{
    struct h1_session *h = session;
    struct http_exchange *x = h->x;

    h->x = NULL;
    buf_clear(&h->input);
    buf_clear(&h->stream);
    free(h);
    if (x)
        exchange_detach(x);
}

int h1_session_start(struct connection *c)
{
    static const struct session_type TYPE = {.advance = advance,
                                             .on_deadline = on_deadline,
                                             .stop = stop,
                                             .free = free_session};
    struct h1_session *h = calloc(1, sizeof *h);

    if (!h)
        return ERR_NO_MEMORY;
    h->c = c;
    h->input = buf_with_limit(INPUT_LIMIT);
    h->stream = buf_with_limit(HTTP_MAX_STREAM_BACKLOG_BYTES + 64);
    h->has_head_begun = true;
    connection_set_session(c, &TYPE, h);
    start_waiting_for_head(h, c->loop->now_ms + c->loop->engine->limits.head_ms);
    return 0;
}
