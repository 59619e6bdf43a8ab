// SPDX-License-Identifier: GPL-3.0-or-later
/* h2_turn.c - the turns of a session, its clocks and its end. */
#include <stdlib.h>

#include "common/err.h"
#include "server/http/h2/h2_core.h"
#include "server/http/socket/linger.h"

enum {
    READ_BYTES = 16 * 1024,        /* one TLS record; at most 1,820 frames of no bytes */
    PLAIN_WRITE_BYTES = 64 * 1024, /* where there are no records */
    MAX_WINDOW_CREDIT = 1 << 16,
    BYTES_PER_CREDIT = 1024,
    CHECK_MS = 5 * 1000, /* how often streams are looked at; a fifth of that with short limits */
    GOAWAY_FRAME_BYTES = H2_FRAME_HEAD_BYTES + 8,
};

/* What comes after a part of a turn. */
enum step {
    WAIT,   /* for an edge, a deadline or a handler */
    LINGER, /* all is said */
    CLOSE,
};

/* ---- Reactions ---- */

void h2_wake(struct h2_session *h)
{
    if (!h->is_running)
        connection_again(h->c);
}

/* What runs is finished, what has not been begun is the next connection's. */
static void leave(struct h2_session *h, uint32_t error_code)
{
    if (h->is_leaving)
        return;
    h->is_leaving = true;
    (void)nghttp2_submit_goaway(h->ng, NGHTTP2_FLAG_NONE,
                                nghttp2_session_get_last_proc_stream_id(h->ng), error_code, NULL,
                                0);
}

int h2_fail(struct h2_session *h, uint32_t error_code)
{
    if (h->fatal == 0)
        h->fatal = error_code;
    return NGHTTP2_ERR_CALLBACK_FAILURE;
}

int h2_note(struct h2_session *h, enum misdeed deed)
{
    switch (misbehaviour_add(&h->misbehaviour, deed, h->c->loop->now_ms)) {
    case MISBEHAVIOUR_TOLERATED:
        return 0;
    case MISBEHAVIOUR_WARNED:
        leave(h, NGHTTP2_ENHANCE_YOUR_CALM);
        return 0;
    default:
        return h2_fail(h, NGHTTP2_ENHANCE_YOUR_CALM);
    }
}

int h2_reset(struct h2_session *h, int32_t id, uint32_t error_code, enum misdeed deed)
{
    (void)nghttp2_submit_rst_stream(h->ng, NGHTTP2_FLAG_NONE, id, error_code);
    return h2_note(h, deed);
}

/* ---- What comes in ---- */

static uint32_t code_of_failure(ssize_t result)
{
    switch (result) {
    case NGHTTP2_ERR_FLOODED:
    case NGHTTP2_ERR_TOO_MANY_CONTINUATIONS:
        return NGHTTP2_ENHANCE_YOUR_CALM;
    case NGHTTP2_ERR_NOMEM:
    case NGHTTP2_ERR_CALLBACK_FAILURE:
        return NGHTTP2_INTERNAL_ERROR;
    default:
        return NGHTTP2_PROTOCOL_ERROR;
    }
}

/* After n_came frames went through nghttp2: notes those of them that it dropped. A few are legal
 * (RFC 9113 §5.5: types that we do not know; §5.1: what was on its way to a stream that we reset),
 * a flood of them must not be free. Returns as h2_note. */
static int note_dropped(struct h2_session *h, uint32_t n_came)
{
    const uint32_t n_told = h->incoming.n_told;
    int result = 0;

    h->incoming.n_told = 0;
    for (uint32_t i = n_told; i < n_came && result == 0; i++)
        result = h2_note(h, MISDEED_DROPPED_FRAME);
    return result;
}

/* One read, and what it brings. */
static int read_some(struct h2_session *h, size_t *budget)
{
    char *from = h->c->loop->read_scratch;
    const ssize_t n = connection_read(h->c, from, READ_BYTES);

    if (n == ERR_AGAIN)
        return ERR_AGAIN;
    if (n <= 0) {
        h->is_gone = true;
        return ERR_IO;
    }
    *budget -= (size_t)n < *budget ? (size_t)n : *budget;
    const ssize_t taken = nghttp2_session_mem_recv(h->ng, (const uint8_t *)from, (size_t)n);
    if (taken < 0)
        (void)h2_fail(h, code_of_failure(taken));
    (void)note_dropped(h, frame_count_add(&h->incoming, (const uint8_t *)from, (size_t)n));
    return 0;
}

static void read_step(struct h2_session *h)
{
    size_t budget = HTTP_BYTES_PER_TURN;
    int err = 0;

    h2_do_work(h);
    while (err == 0 && h->fatal == 0 && budget > 0) {
        err = read_some(h, &budget);
        h2_do_work(h);
    }
    /* A reset that came together with the last frames makes no edge of its own. Where an answer is
     * due, sending it will tell. */
    if (err == ERR_AGAIN && budget < HTTP_BYTES_PER_TURN && list_is_empty(&h->streams)) {
        connection_look_again(h->c);
        (void)read_some(h, &budget);
        h2_do_work(h);
    }
    if (budget == 0)
        connection_again(h->c);
}

/* ---- What goes out ---- */

/* Puts frames into the loop's scratch until they fill a record. Returns their length, or -1. */
static ssize_t fill_record(struct h2_session *h)
{
    char *scratch = h->c->loop->write_scratch;
    const uint8_t *frame = NULL;
    ssize_t n = 1;

    h->n_filled = 0;
    h->fill_target = h->c->tls.ssl ? connection_record_bytes(h->c) : PLAIN_WRITE_BYTES;
    while (h->n_filled < h->fill_target && n > 0) {
        n = nghttp2_session_mem_send(h->ng, &frame);
        if (n > 0)
            memcpy(scratch + h->n_filled, frame, (size_t)n);
        h->n_filled += n > 0 ? (size_t)n : 0;
    }
    return n < 0 ? -1 : (ssize_t)h->n_filled;
}

/* How many of the bytes were taken, or ERR_IO. */
static ssize_t write_out(struct h2_session *h, struct slice bytes)
{
    size_t written = 0;

    while (written < bytes.length) {
        const size_t left = bytes.length - written;
        const size_t limit = connection_encrypts(h->c) ? connection_record_bytes(h->c) : left;
        const struct iovec part = {.iov_base = (void *)(uintptr_t)(bytes.data + written),
                                   .iov_len = left < limit ? left : limit};
        const ssize_t n = connection_write(h->c, &part, 1, false);
        if (n == ERR_AGAIN)
            break;
        if (n < 0)
            return ERR_IO;
        written += (size_t)n;
    }
    return (ssize_t)written;
}

/* What an earlier turn could not send. */
static int flush_output(struct h2_session *h)
{
    const ssize_t n = write_out(h, buf_slice(&h->output));

    if (n < 0)
        return ERR_IO;
    buf_consume(&h->output, (size_t)n);
    if (h->output.length > 0)
        return ERR_AGAIN;
    buf_clear(&h->output);
    return 0;
}

/* The bytes sent (0: there is nothing to send), ERR_AGAIN or ERR_IO. */
static ssize_t send_record(struct h2_session *h)
{
    if (!h->c->socket.is_writable)
        return ERR_AGAIN;
    const ssize_t length = fill_record(h);
    if (length < 0)
        return ERR_IO;
    const struct slice record = slice_of(h->c->loop->write_scratch, (size_t)length);
    const ssize_t n = write_out(h, record);
    if (n < 0 || n == length)
        return n;
    buf_append_slice(&h->output, slice_skip(record, (size_t)n));
    return h->output.err ? ERR_IO : ERR_AGAIN;
}

static void earn_credit(struct h2_session *h)
{
    const size_t earned = h->unpaid_bytes / BYTES_PER_CREDIT;

    h->unpaid_bytes %= BYTES_PER_CREDIT;
    h->window_credit = earned < MAX_WINDOW_CREDIT - h->window_credit
                           ? h->window_credit + (uint32_t)earned
                           : MAX_WINDOW_CREDIT;
}

/* Also by the socket: a shutdown would lose what it has not taken. */
static bool is_all_said(const struct h2_session *h)
{
    return !nghttp2_session_want_read(h->ng) && !nghttp2_session_want_write(h->ng) &&
           !connection_has_unsent(h->c);
}

static enum step write_step(struct h2_session *h)
{
    size_t sent = 0;
    ssize_t n = flush_output(h);

    while (n >= 0) {
        n = send_record(h);
        earn_credit(h);
        if (n == 0)
            return is_all_said(h) ? LINGER : WAIT;
        sent += n > 0 ? (size_t)n : 0;
        if (n > 0 && sent >= HTTP_BYTES_PER_TURN) {
            connection_again(h->c);
            return WAIT;
        }
    }
    return n == ERR_AGAIN ? WAIT : CLOSE;
}

/* The last words to a peer with which nothing more is read: nghttp2 has given up, or shall. */
static enum step say_why(struct h2_session *h)
{
    const uint32_t last = (uint32_t)nghttp2_session_get_last_proc_stream_id(h->ng);
    unsigned char frame[GOAWAY_FRAME_BYTES] = {0, 0, 8, NGHTTP2_GOAWAY};

    if (h->has_said_why)
        return connection_has_unsent(h->c) ? WAIT : LINGER;
    if (h->output.length > 0) /* in the middle of another frame */
        return CLOSE;
    for (int i = 0; i < 4; i++) {
        frame[H2_FRAME_HEAD_BYTES + i] = (unsigned char)(last >> (24 - 8 * i));
        frame[H2_FRAME_HEAD_BYTES + 4 + i] = (unsigned char)(h->fatal >> (24 - 8 * i));
    }
    const struct iovec words = {.iov_base = frame, .iov_len = sizeof frame};
    if (connection_write(h->c, &words, 1, false) != (ssize_t)sizeof frame)
        return CLOSE;
    h->has_said_why = true;
    return connection_has_unsent(h->c) ? WAIT : LINGER;
}

/* ---- Time ---- */

static void make_sooner(int64_t *at_ms, int64_t since_ms, int64_t after_ms)
{
    if (since_ms > 0 && (*at_ms == 0 || since_ms + after_ms < *at_ms))
        *at_ms = since_ms + after_ms;
}

static int64_t idle_limit(const struct h2_session *h)
{
    const struct http_limits *limits = &h->c->loop->engine->limits;

    return h->is_greeted ? limits->idle_ms : limits->head_ms;
}

static int64_t check_interval(const struct h2_session *h)
{
    const int64_t fifth = h->c->loop->engine->limits.window_stall_ms / 5;

    return fifth < CHECK_MS ? fifth : CHECK_MS;
}

/* The watch of a blocked socket counts from the last byte that it took. */
static void note_blocked(struct h2_session *h)
{
    const bool is_blocked = h->output.length > 0 || connection_has_unsent(h->c) ||
                            (!h->c->socket.is_writable && nghttp2_session_want_write(h->ng));

    const bool has_sent = connection_take_progress(h->c);

    if (!is_blocked)
        send_watch_end(&h->watch);
    else if (has_sent || h->watch.look_at_ms == 0)
        send_watch_begin(&h->watch, h->c->loop->now_ms, &h->c->loop->engine->limits);
}

static void set_deadline(struct h2_session *h)
{
    const struct http_loop *loop = h->c->loop;
    const struct http_limits *limits = &loop->engine->limits;
    int64_t at_ms = 0;

    if (list_is_empty(&h->streams))
        h->check_at_ms = 0;
    else if (h->check_at_ms == 0)
        h->check_at_ms = loop->now_ms + check_interval(h);
    note_blocked(h);
    make_sooner(&at_ms, h->check_at_ms, 0);
    make_sooner(&at_ms, h->idle_since_ms, idle_limit(h));
    make_sooner(&at_ms, h->block_since_ms, limits->head_ms);
    make_sooner(&at_ms, h->watch.look_at_ms, 0);
    connection_set_deadline(h->c, at_ms);
}

static bool is_due(const struct h2_session *h, int64_t since_ms, int64_t after_ms)
{
    return since_ms > 0 && h->c->loop->now_ms - since_ms >= after_ms;
}

/* ---- The session ---- */

static enum step take_turn(struct h2_session *h)
{
    if (h->fatal == 0)
        read_step(h);
    if (h->is_gone)
        return CLOSE;
    const enum step step = h->fatal ? WAIT : write_step(h); /* may come upon a misdeed, too */
    return h->fatal ? say_why(h) : step;
}

/* May end the session. */
static void run(void *session)
{
    struct h2_session *h = session;

    h->is_running = true;
    const enum step step = take_turn(h);
    h->is_running = false;
    if (step == CLOSE)
        connection_close(h->c);
    else if (step == LINGER)
        linger_start(h->c);
    else
        set_deadline(h);
}

/* Whether the socket has been blocked by a peer that takes nothing, or next to it. */
static bool is_given_up(struct h2_session *h)
{
    const struct http_loop *loop = h->c->loop;

    return send_watch_is_due(&h->watch, loop->now_ms) &&
           !send_watch_look(&h->watch, loop->now_ms, connection_acknowledged(h->c),
                            &loop->engine->limits);
}

static void on_deadline(void *session)
{
    struct h2_session *h = session;
    const struct http_limits *limits = &h->c->loop->engine->limits;

    if (is_given_up(h)) {
        counter_add(&h->c->loop->counters, HTTP_COUNT_TIMEOUTS, 1);
        connection_close(h->c);
        return;
    }
    if (is_due(h, h->block_since_ms, limits->head_ms) ||
        (!h->is_greeted && is_due(h, h->idle_since_ms, limits->head_ms))) {
        counter_add(&h->c->loop->counters, HTTP_COUNT_TIMEOUTS, 1);
        (void)h2_fail(h, NGHTTP2_ENHANCE_YOUR_CALM);
    } else if (is_due(h, h->idle_since_ms, limits->idle_ms)) {
        h->idle_since_ms = h->c->loop->now_ms; /* so long it has to say that it heard */
        leave(h, NGHTTP2_NO_ERROR);
    }
    if (h->check_at_ms > 0 && h->c->loop->now_ms >= h->check_at_ms)
        h2_check_streams(h);
    run(h);
}

static void stop(void *session)
{
    struct h2_session *h = session;

    leave(h, NGHTTP2_NO_ERROR);
    connection_again(h->c);
}

static void free_session(void *session)
{
    struct h2_session *h = session;

    h->is_running = true; /* handlers that hear of it must not wake us */
    while (!list_is_empty(&h->streams))
        h2_stream_free(LIST_ELEMENT(h->streams.next, struct h2_stream, node));
    if (h->draft)
        h2_drop_draft(h);
    nghttp2_session_del(h->ng);
    buf_clear(&h->output);
    free(h);
}

void h2_begin(struct h2_session *h)
{
    static const struct session_type TYPE = {.advance = run,
                                             .on_deadline = on_deadline,
                                             .stop = stop,
                                             .free = free_session};

    connection_set_session(h->c, &TYPE, h);
    set_deadline(h);
}
