// SPDX-License-Identifier: GPL-3.0-or-later
/* h1_answer.c - an answer on its way to the socket: the head is rendered once, then head and body
 * leave in as few system calls as the transport allows. */
#include <stdio.h>

#include "common/err.h"
#include "server/http/exchange/read_ahead.h"
#include "server/http/h1/h1_core.h"
#include "server/http/message/chars.h"
#include "server/http/message/status.h"

enum { FIXED_FIELDS_BYTES = 384 }; /* status line, Date, guards, Content-Length, Connection, … */

/* ---- The head ---- */

static char *put(char *to, struct slice s)
{
    if (s.length > 0)
        memcpy(to, s.data, s.length);
    return to + s.length;
}

static char *put_text(char *to, const char *text)
{
    return put(to, slice_from(text));
}

static char *put_number(char *to, uint64_t value)
{
    char digits[20];
    size_t n = 0;

    do
        digits[n++] = (char)('0' + value % 10);
    while ((value /= 10) > 0);
    while (n > 0)
        *to++ = digits[--n];
    return to;
}

/* A value with a line end in it would be a second field, or a second answer: such a field is left
 * out whoever asked for it. */
static char *put_fields(char *to, const struct http_header *fields, size_t n_fields)
{
    for (size_t i = 0; i < n_fields; i++) {
        if (!chars_are_field_value(fields[i].value))
            continue;
        to = put(to, fields[i].name);
        to = put_text(to, ": ");
        to = put(to, fields[i].value);
        to = put_text(to, "\r\n");
    }
    return to;
}

static size_t fields_size(const struct http_header *fields, size_t n_fields)
{
    size_t size = 0;

    for (size_t i = 0; i < n_fields; i++)
        size += fields[i].name.length + fields[i].value.length + 4;
    return size;
}

static char *put_framing(const struct h1_session *h, char *to, const struct answer_head *head)
{
    if (h->is_stream_chunked)
        return put_text(to, "transfer-encoding: chunked\r\n");
    if (head->content_length == HTTP_LENGTH_UNKNOWN || !http_status_has_body(head->status))
        return to;
    to = put_text(to, "content-length: ");
    to = put_number(to, head->content_length);
    return put_text(to, "\r\n");
}

static char *put_connection(const struct h1_session *h, char *to)
{
    if (!h->keeps_alive)
        return put_text(to, "connection: close\r\n");
    if (h->x->version == 10)
        return put_text(to, "connection: keep-alive\r\n");
    return to;
}

/* Sets h->head; empty when memory is out. */
static void render_head(struct h1_session *h, const struct answer_head *head)
{
    static const struct http_headers NONE = {.n_fields = 0};
    const struct http_headers *more = head->more ? head->more : &NONE;
    const bool is_prepared = head->h1_block.length > 0;
    const struct http_header *guards = NULL;
    const size_t n_guards = exchange_guards(h->x, &guards);
    const size_t size =
        FIXED_FIELDS_BYTES +
        (is_prepared ? head->h1_block.length : fields_size(head->fields, head->n_fields)) +
        fields_size(more->fields, more->n_fields);
    char *text = arena_alloc(&h->x->arena, size);
    char *to = text;

    if (!text)
        return;
    to = put_text(to, "HTTP/1.1 ");
    to = put_number(to, (uint64_t)head->status);
    *to++ = ' ';
    to = put_text(to, http_status_reason(head->status));
    to = put_text(to, "\r\ndate: ");
    to = put(to, slice_of(loop_date(h->c->loop), HTTP_DATE_LENGTH));
    to = put_text(to, "\r\n");
    to = put_fields(to, guards, n_guards);
    if (is_prepared) {
        to = put(to, head->h1_block);
    } else {
        to = put_fields(to, head->fields, head->n_fields);
        to = put_fields(to, more->fields, more->n_fields);
        to = put_framing(h, to, head);
    }
    to = put_connection(h, to);
    to = put_text(to, "\r\n");
    h->head = slice_of(text, (size_t)(to - text));
}

static void on_answer(struct http_exchange *x, const struct answer_head *head)
{
    static const char NO_MEMORY[] =
        "HTTP/1.1 503 Service Unavailable\r\nx-content-type-options: nosniff\r\n"
        "content-length: 0\r\nconnection: close\r\n\r\n";
    struct h1_session *h = x->owner;
    const bool is_stream = head->content_length == HTTP_LENGTH_UNKNOWN;

    h->is_stream_over = false;
    h->is_stream_chunked = is_stream && x->version == 11;
    if (h->is_broken || h->has_eof || h->c->loop->is_stopping || !h1_body_can_be_skipped(h) ||
        (is_stream && x->version == 10))
        h->keeps_alive = false;
    render_head(h, head);
    if (h->head.length == 0) {
        h->head = slice_of(NO_MEMORY, sizeof NO_MEMORY - 1);
        h->keeps_alive = false;
        answer_body_drop(&x->answer);
    }
    if (x->answer.file) /* what is small and in memory leaves the pace as it is */
        connection_set_pace(h->c, x->paced_bytes_per_s);
    h->state = is_stream ? H1_STREAMING : H1_SENDING;
    connection_set_deadline(h->c, 0);
    h1_run(h, false);
}

static void on_want_body(struct http_exchange *x)
{
    struct h1_session *h = x->owner;

    if (!h->is_running)
        connection_again(h->c);
}

/* ---- The bytes ---- */

static struct iovec run_of(struct slice s)
{
    return (struct iovec){.iov_base = (void *)(uintptr_t)s.data, .iov_len = s.length};
}

/* What was sent of head and body. */
static void account(struct h1_session *h, size_t n)
{
    const size_t of_head = n < h->head.length ? n : h->head.length;

    h->head = slice_skip(h->head, of_head);
    answer_body_advance(&h->x->answer, n - of_head);
    h->x->n_sent += n - of_head;
}

static ssize_t send_file(struct h1_session *h, size_t budget)
{
    uint64_t offset = 0;
    uint64_t length = 0;
    const int fd = answer_body_file(&h->x->answer, &offset, &length);

    return connection_write_file(h->c, fd, offset, length < budget ? length : budget);
}

/* Straight from where the bytes are: head and memory in one call, a file without copying. */
static ssize_t send_directly(struct h1_session *h, size_t budget)
{
    const struct answer_body *body = &h->x->answer;
    const struct slice memory = answer_body_memory(body);
    const bool is_last = body->n_parts == 0 || (body->n_parts == 1 && memory.length > 0);
    struct iovec runs[2];
    int n_runs = 0;

    if (h->head.length > 0)
        runs[n_runs++] = run_of(h->head);
    if (memory.length > 0)
        runs[n_runs++] =
            run_of(slice_of(memory.data, memory.length < budget ? memory.length : budget));
    if (n_runs == 0)
        return send_file(h, budget);
    return connection_write(h->c, runs, n_runs, !is_last);
}

/* Through one buffer, which becomes TLS records. */
static ssize_t send_records(struct h1_session *h)
{
    char *to = h->c->loop->write_scratch;
    const size_t size = connection_record_bytes(h->c);
    const size_t of_head = h->head.length < size ? h->head.length : size;

    (void)put(to, slice_of(h->head.data, of_head));
    const ssize_t of_body = answer_body_copy(&h->x->answer, to + of_head, size - of_head);
    if (of_body < 0)
        return of_body;
    const struct iovec run = {.iov_base = to, .iov_len = of_head + (size_t)of_body};
    return connection_write(h->c, &run, 1, false);
}

/* The watch of a blocked send counts from the last byte that was taken. */
static void wait_for_socket(struct h1_session *h)
{
    const struct http_loop *loop = h->c->loop;

    if (!connection_take_progress(h->c) && h->c->member.deadline.at_ms != 0)
        return;
    send_watch_begin(&h->watch, loop->now_ms, &loop->engine->limits);
    connection_set_deadline(h->c, h->watch.look_at_ms);
}

bool h1_peer_takes_bytes(struct h1_session *h)
{
    const struct http_loop *loop = h->c->loop;

    if (!send_watch_look(&h->watch, loop->now_ms, connection_acknowledged(h->c),
                         &loop->engine->limits))
        return false;
    connection_set_deadline(h->c, h->watch.look_at_ms);
    return true;
}

enum h1_step h1_send_step(struct h1_session *h)
{
    const size_t turn = HTTP_BYTES_PER_TURN;
    size_t sent = 0;

    while (h->head.length > 0 || !answer_body_is_done(&h->x->answer)) {
        if (sent >= turn) {
            wait_for_socket(h);
            connection_again(h->c);
            return H1_WAIT;
        }
        if (!read_ahead_is_near(h->x, connection_encrypts(h->c) ? connection_record_bytes(h->c)
                                                                : turn - sent)) {
            wait_for_socket(h);
            return H1_WAIT;
        }
        const ssize_t n =
            connection_encrypts(h->c) ? send_records(h) : send_directly(h, turn - sent);
        if (n == ERR_AGAIN) {
            wait_for_socket(h);
            return H1_WAIT;
        }
        if (n < 0)
            return H1_CLOSE;
        account(h, (size_t)n);
        sent += (size_t)n;
    }
    if (connection_has_unsent(h->c)) { /* closing now would lose it */
        wait_for_socket(h);
        return H1_WAIT;
    }
    return h1_finish(h);
}

/* ---- Streams ---- */

static ssize_t send_stream(struct h1_session *h)
{
    const struct slice next = h->head.length > 0 ? h->head : buf_slice(&h->stream);
    const size_t limit = connection_encrypts(h->c) ? connection_record_bytes(h->c) : next.length;
    const struct iovec run = run_of(slice_of(next.data, next.length < limit ? next.length : limit));

    return connection_write(h->c, &run, 1, false);
}

enum h1_step h1_stream_step(struct h1_session *h)
{
    if (h->c->socket.is_half_closed || h->stream.err)
        return H1_CLOSE;
    while (h->head.length + h->stream.length > 0) {
        const ssize_t n = send_stream(h);
        if (n == ERR_AGAIN) {
            wait_for_socket(h);
            return H1_WAIT;
        }
        if (n < 0)
            return H1_CLOSE;
        if (h->head.length > 0) {
            h->head = slice_skip(h->head, (size_t)n);
        } else {
            buf_consume(&h->stream, (size_t)n);
            h->x->n_sent += (size_t)n;
        }
    }
    if (connection_has_unsent(h->c)) {
        wait_for_socket(h);
        return H1_WAIT;
    }
    connection_set_deadline(h->c, 0);
    return h->is_stream_over ? h1_finish(h) : H1_WAIT;
}

static void on_body_ready(struct http_exchange *x)
{
    h1_run(x->owner, true);
}

static int on_stream_write(struct http_exchange *x, struct slice data)
{
    struct h1_session *h = x->owner;

    if (h->stream.length + data.length > HTTP_MAX_STREAM_BACKLOG_BYTES)
        return ERR_UNAVAILABLE;
    if (data.length == 0)
        return 0;
    if (h->is_stream_chunked)
        buf_printf(&h->stream, "%zx\r\n", data.length);
    buf_append_slice(&h->stream, data);
    if (h->is_stream_chunked)
        buf_append_text(&h->stream, "\r\n");
    h1_run(h, false);
    return x->protocol ? 0 : ERR_UNAVAILABLE;
}

static void on_stream_end(struct http_exchange *x)
{
    struct h1_session *h = x->owner;

    h->is_stream_over = true;
    if (h->is_stream_chunked && x->request.method != HTTP_HEAD)
        buf_append_text(&h->stream, "0\r\n\r\n");
    h1_run(h, false);
}

const struct exchange_protocol H1_PROTOCOL = {
    .answer = on_answer,
    .want_body = on_want_body,
    .stream_write = on_stream_write,
    .stream_end = on_stream_end,
    .body_ready = on_body_ready,
};
