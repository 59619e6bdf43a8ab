// SPDX-License-Identifier: GPL-3.0-or-later
/* h2_stream.c - a stream as an exchange: its head, its body, its end. */
#include <stdlib.h>

#include "common/err.h"
#include "server/http/exchange/problem.h"
#include "server/http/exchange/response.h"
#include "server/http/h2/h2_core.h"

static struct h2_stream *find(struct h2_session *h, int32_t id)
{
    return nghttp2_session_get_stream_user_data(h->ng, id);
}

/* ---- The header block ---- */

/* One block is received at a time, nearly always within one turn: the loop has memory for that. */
static struct h2_draft *take_draft(struct http_loop *loop)
{
    struct h2_draft *draft = loop->spare_draft;

    loop->spare_draft = NULL;
    return draft ? draft : malloc(sizeof *draft);
}

void h2_drop_draft(struct h2_session *h)
{
    struct http_loop *loop = h->c->loop;

    if (!loop->spare_draft)
        loop->spare_draft = h->draft;
    else
        free(h->draft);
    h->draft = NULL;
    h->block_since_ms = 0;
}

int h2_on_begin_headers(nghttp2_session *ng, const nghttp2_frame *frame, void *user)
{
    struct h2_session *h = user;

    if (h->is_leaving && frame->headers.cat == NGHTTP2_HCAT_REQUEST)
        return nghttp2_submit_rst_stream(ng, NGHTTP2_FLAG_NONE, frame->hd.stream_id,
                                         NGHTTP2_REFUSED_STREAM);
    h->draft = take_draft(h->c->loop);
    if (!h->draft)
        return h2_fail(h, NGHTTP2_INTERNAL_ERROR);
    h2_draft_reset(h->draft);
    h->block_since_ms = h->c->loop->now_ms;
    return 0;
}

int h2_on_header(nghttp2_session *ng, const nghttp2_frame *frame, const uint8_t *name,
                 size_t name_length, const uint8_t *value, size_t value_length, uint8_t flags,
                 void *user)
{
    struct h2_session *h = user;

    (void)ng;
    (void)frame;
    (void)flags;
    if (h->draft)
        h2_draft_add(h->draft, slice_of((const char *)name, name_length),
                     slice_of((const char *)value, value_length));
    return 0;
}

/* ---- The request ---- */

static void set_priority(struct h2_stream *s, const struct h2_head *head)
{
    struct h2_session *h = s->h;

    s->priority = priority_default();
    if (s->id == h->early_priority_id) {
        s->priority = h->early_priority;
        return; /* nghttp2 knows it */
    }
    if (!head->priority.data)
        return;
    s->priority = priority_parse(head->priority);
    const nghttp2_extpri extpri = {.urgency = s->priority.urgency,
                                   .inc = s->priority.is_incremental};
    (void)nghttp2_session_change_extpri_stream_priority(h->ng, s->id, &extpri, 0);
}

static void fill_request(struct http_exchange *x, const struct h2_head *head,
                         const struct http_header *fields)
{
    x->request.path = head->path;
    x->request.query = head->query;
    x->request.host = head->host;
    x->request.headers = fields;
    x->request.n_headers = head->n_fields;
    x->request.has_body = head->has_body;
    x->request.content_length = head->content_length;
}

static void open_stream(struct h2_session *h, struct h2_stream *s, const struct h2_head *head)
{
    list_append(&h->streams, &s->node);
    h->idle_since_ms = 0;
    s->h = h;
    s->opened_ms = h->c->loop->now_ms;
    s->input = buf_with_limit(HTTP_STREAM_WINDOW_BYTES);
    s->backlog = buf_with_limit(HTTP_MAX_STREAM_BACKLOG_BYTES);
    s->owes_continue = head->expects_continue;
    s->x->version = 20;
    s->x->protocol = &H2_PROTOCOL;
    s->x->owner = s;
    (void)nghttp2_session_set_stream_user_data(h->ng, s->id, s);
    h2_stream_needs_work(s);
}

/* No HTTP message at all, or no memory for it: a reset, and a line in the log. */
static int drop_request(struct h2_session *h, struct http_exchange *x, int32_t id, uint32_t code)
{
    x->status = code == NGHTTP2_PROTOCOL_ERROR ? 400 : 503;
    counter_add(&h->c->loop->counters, HTTP_COUNT_REFUSED, 1);
    exchange_release(x, false);
    return h2_reset(h, id, code, MISDEED_PROVOKED_RESET);
}

static int begin_request(struct h2_session *h, const nghttp2_frame *frame)
{
    const int32_t id = frame->hd.stream_id;
    const bool is_last = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    struct http_exchange *x = exchange_new(h->c->loop, &h->c->peer);
    struct h2_head head;

    if (!x)
        return h2_fail(h, NGHTTP2_INTERNAL_ERROR);
    struct h2_stream *s = arena_alloc(&x->arena, sizeof *s);
    char *text = arena_alloc(&x->arena, h2_draft_text_size(h->draft));
    struct http_header *fields =
        arena_alloc(&x->arena, (h->draft->n_fields + 1) * sizeof(struct http_header));
    if (!s || !text || !fields)
        return drop_request(h, x, id, NGHTTP2_INTERNAL_ERROR);
    const int result = h2_head_parse(h->draft, is_last, text, fields, &head);
    x->request.method = head.method;
    if (result < 0)
        return drop_request(h, x, id, NGHTTP2_PROTOCOL_ERROR);
    *s = (struct h2_stream){.x = x, .id = id, .refusal = result};
    open_stream(h, s, &head);
    set_priority(s, &head);
    if (result > 0)
        return h2_note(h, result == 431 ? MISDEED_LARGE_HEAD : MISDEED_BAD_REQUEST);
    fill_request(x, &head, fields);
    return 0;
}

/* A trailer section ends the request (RFC 9113 §8.1). Its fields are dropped, as in HTTP/1.1. */
static int take_trailers(struct h2_session *h, const nghttp2_frame *frame)
{
    if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) && h2_trailers_are_good(h->draft))
        return 0;
    struct h2_stream *s = find(h, frame->hd.stream_id);
    if (s)
        exchange_end_body(s->x, ERR_INVALID);
    return h2_reset(h, frame->hd.stream_id, NGHTTP2_PROTOCOL_ERROR, MISDEED_PROVOKED_RESET);
}

int h2_take_headers(struct h2_session *h, const nghttp2_frame *frame)
{
    if (!h->draft) /* of a stream that was refused */
        return 0;
    const int result = frame->headers.cat == NGHTTP2_HCAT_REQUEST ? begin_request(h, frame)
                                                                  : take_trailers(h, frame);
    h2_drop_draft(h);
    return result;
}

static void dispatch(struct h2_stream *s)
{
    struct http_exchange *x = s->x;
    struct loop_counters *counters = &x->loop->counters;

    s->is_dispatched = true;
    if (s->refusal > 0) {
        http_refuse(x, s->refusal);
        return;
    }
    counter_add(counters, HTTP_COUNT_REQUESTS, 1);
    counter_add(counters, HTTP_COUNT_REQUESTS_H2, 1);
    if (!exchange_is_for_us(x))
        http_refuse(x, 421);
    else if (x->request.path.data[0] == '*')
        http_answer(x, 204, NULL); /* "OPTIONS *": a ping */
    else
        exchange_dispatch(x);
}

/* ---- The body ---- */

/* The clock of a body runs while we would read more of it. */
static void note_willingness(struct h2_stream *s)
{
    const int64_t now_ms = s->x->loop->now_ms;

    if (exchange_wants_body(s->x) && !s->has_body_end)
        body_rate_run(&s->rate, now_ms);
    else
        body_rate_hold(&s->rate, now_ms);
}

void h2_drop_input(struct h2_stream *s)
{
    if (s->input.length > 0)
        (void)nghttp2_session_consume(s->h->ng, s->id, s->input.length);
    buf_clear(&s->input);
}

/* Bytes that the handler has; the peer may send as many more. */
static void push(struct h2_stream *s, struct slice data)
{
    const size_t length = data.length;

    exchange_push_body(s->x, data);
    (void)nghttp2_session_consume(s->h->ng, s->id, length);
}

static void send_continue(struct h2_stream *s)
{
    static char name[] = ":status";
    static char value[] = "100";
    const nghttp2_nv status = {.name = (uint8_t *)name,
                               .value = (uint8_t *)value,
                               .namelen = sizeof name - 1,
                               .valuelen = sizeof value - 1};

    s->owes_continue = false;
    (void)nghttp2_submit_headers(s->h->ng, NGHTTP2_FLAG_NONE, s->id, NULL, &status, 1, NULL);
}

static void give_body(struct h2_stream *s)
{
    if (!exchange_wants_body(s->x))
        return;
    if (s->owes_continue && s->n_received == 0)
        send_continue(s);
    if (s->input.length > 0) {
        struct buf input = s->input;
        s->input = buf_with_limit(input.limit);
        push(s, buf_slice(&input));
        buf_clear(&input);
    }
    if (s->x->body.has_end || (s->has_body_end && s->input.length == 0))
        exchange_end_body(s->x, 0);
}

int h2_on_data_chunk(nghttp2_session *ng, uint8_t flags, int32_t id, const uint8_t *data,
                     size_t length, void *user)
{
    struct h2_session *h = user;
    struct h2_stream *s = find(h, id);

    (void)flags;
    if (!s || s->x->is_answered) { /* the stream's window stays closed: no more of it, please */
        (void)nghttp2_session_consume_connection(ng, length);
        return 0;
    }
    const uint64_t declared = s->x->request.content_length;
    s->n_received += length;
    if (s->x->request.has_body && declared != HTTP_LENGTH_UNKNOWN && s->n_received > declared) {
        (void)nghttp2_session_consume(ng, id, length);
        exchange_end_body(s->x, ERR_INVALID);
        return h2_reset(h, id, NGHTTP2_PROTOCOL_ERROR, MISDEED_PROVOKED_RESET);
    }
    body_rate_add(&s->rate, h->c->loop->now_ms, length);
    if (s->input.length == 0 && exchange_wants_body(s->x))
        push(s, slice_of((const char *)data, length));
    else
        buf_append(&s->input, data, length);
    note_willingness(s);
    return s->input.err ? h2_fail(h, NGHTTP2_INTERNAL_ERROR) : 0;
}

int h2_take_end(struct h2_session *h, int32_t id)
{
    struct h2_stream *s = find(h, id);

    if (!s)
        return 0;
    const uint64_t declared = s->x->request.content_length;
    s->has_body_end = true;
    if (s->refusal == 0 && s->x->request.has_body && declared != HTTP_LENGTH_UNKNOWN &&
        s->n_received < declared && !s->x->is_answered) {
        exchange_end_body(s->x, ERR_INVALID);
        return h2_reset(h, id, NGHTTP2_PROTOCOL_ERROR, MISDEED_PROVOKED_RESET);
    }
    h2_stream_needs_work(s);
    return 0;
}

/* ---- Work ---- */

void h2_stream_needs_work(struct h2_stream *s)
{
    if (!list_is_linked(&s->work_link))
        list_append(&s->h->work, &s->work_link);
}

void h2_do_work(struct h2_session *h)
{
    unsigned n_requests = 0;

    while (!list_is_empty(&h->work)) {
        struct h2_stream *s = LIST_ELEMENT(h->work.next, struct h2_stream, work_link);
        if (!s->is_dispatched && n_requests++ == HTTP_REQUESTS_PER_TURN) {
            connection_again(h->c);
            return;
        }
        list_remove(&s->work_link);
        if (!s->is_dispatched)
            dispatch(s);
        give_body(s);
        note_willingness(s);
    }
}

/* ---- The end ---- */

void h2_stream_free(struct h2_stream *s)
{
    struct h2_session *h = s->h;
    struct http_exchange *x = s->x;
    const bool is_done = s->is_sent && !x->is_stream;
    const bool is_ours = is_done || !s->is_dispatched; /* no handler knows of it */

    list_remove(&s->node);
    list_remove(&s->work_link);
    h2_answer_leave_pace(s);
    buf_clear(&s->input);
    buf_clear(&s->backlog);
    if (list_is_empty(&h->streams))
        h->idle_since_ms = h->c->loop->now_ms;
    if (is_ours)
        exchange_release(x, is_done);
    else
        exchange_detach(x);
}

int h2_on_stream_close(nghttp2_session *ng, int32_t id, uint32_t error_code, void *user)
{
    struct h2_stream *s = find(user, id);

    (void)error_code;
    if (!s)
        return 0;
    if (s->input.length > 0)
        (void)nghttp2_session_consume_connection(ng, s->input.length);
    (void)nghttp2_session_set_stream_user_data(ng, id, NULL);
    h2_stream_free(s);
    return 0;
}

/* ---- Patience ---- */

static void check_body(struct h2_stream *s)
{
    const struct http_loop *loop = s->x->loop;

    note_willingness(s);
    if (!exchange_wants_body(s->x) || s->has_body_end ||
        body_rate_is_enough(&s->rate, loop->now_ms, &loop->engine->limits))
        return;
    counter_add(&s->x->loop->counters, HTTP_COUNT_TIMEOUTS, 1);
    exchange_end_body(s->x, ERR_TIMEOUT);
}

static bool waits_for_window(const struct h2_stream *s)
{
    const bool has_bytes =
        s->is_stream ? s->backlog.length > 0 : !answer_body_is_done(&s->x->answer);

    return s->has_answer && has_bytes &&
           (nghttp2_session_get_remote_window_size(s->h->ng) <= 0 ||
            nghttp2_session_get_stream_remote_window_size(s->h->ng, s->id) <= 0);
}

static void check_window(struct h2_stream *s)
{
    const struct http_loop *loop = s->x->loop;
    const uint64_t n_sent = s->x->n_sent;

    if (!waits_for_window(s)) {
        s->stalled_since_ms = 0;
        return;
    }
    if (s->stalled_since_ms == 0 || n_sent - s->n_sent_at_stall >= HTTP_MIN_WINDOW_BYTES) {
        s->stalled_since_ms = loop->now_ms;
        s->n_sent_at_stall = n_sent;
        return;
    }
    if (loop->now_ms - s->stalled_since_ms < loop->engine->limits.window_stall_ms)
        return;
    counter_add(&s->x->loop->counters, HTTP_COUNT_TIMEOUTS, 1);
    (void)h2_reset(s->h, s->id, NGHTTP2_CANCEL, MISDEED_STALL);
}

/* The answer has been sent, the request goes on (RFC 9113 §8.1). */
static void check_rest(const struct h2_stream *s)
{
    const struct http_loop *loop = s->x->loop;

    if (s->is_sent && loop->now_ms - s->sent_ms >= loop->engine->limits.linger_ms)
        (void)nghttp2_submit_rst_stream(s->h->ng, NGHTTP2_FLAG_NONE, s->id, NGHTTP2_NO_ERROR);
}

void h2_check_streams(struct h2_session *h)
{
    h->check_at_ms = 0;
    for (struct list_node *node = h->streams.next; node != &h->streams; node = node->next) {
        struct h2_stream *s = LIST_ELEMENT(node, struct h2_stream, node);
        check_body(s);
        check_window(s);
        check_rest(s);
    }
}
