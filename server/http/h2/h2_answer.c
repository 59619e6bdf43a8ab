// SPDX-License-Identifier: GPL-3.0-or-later
/* h2_answer.c - an answer on its way into HTTP/2 frames. nghttp2 asks for a body when it is the
 * stream's turn and its window is open; the bytes are copied once, from where they are into the
 * record that is about to be sent. */
#include <stdio.h>

#include "common/err.h"
#include "server/http/exchange/read_ahead.h"
#include "server/http/h2/h2_core.h"
#include "server/http/message/chars.h"
#include "server/http/message/status.h"

enum {
    STATUS_DIGITS = 3,
    LENGTH_TEXT_SIZE = 24,
    MIN_DATA_BYTES = 64, /* less room in a record is left empty, unless it is all there is */
};

/* ---- The head ---- */

/* A value with a line end in it could be a second field further on, and fields of the connection
 * are HTTP/1.1's: both are left out, whoever asked for them. */
static bool may_be_sent(const struct http_header *field)
{
    for (size_t i = 0; i < field->value.length; i++) {
        if (!char_is_field_value(field->value.data[i]))
            return false;
    }
    return !slice_equals_nocase(field->name, slice_from("connection")) &&
           !slice_equals_nocase(field->name, slice_from("transfer-encoding"));
}

static nghttp2_nv nv_of(struct slice name, struct slice value)
{
    /* nghttp2 copies both, in lower case. */
    return (nghttp2_nv){.name = (uint8_t *)(uintptr_t)name.data,
                        .value = (uint8_t *)(uintptr_t)value.data,
                        .namelen = name.length,
                        .valuelen = value.length};
}

static size_t put_fields(nghttp2_nv *to, const struct http_header *fields, size_t n_fields)
{
    size_t n = 0;

    for (size_t i = 0; i < n_fields; i++) {
        if (may_be_sent(&fields[i]))
            to[n++] = nv_of(fields[i].name, fields[i].value);
    }
    return n;
}

/* ---- The body ---- */

static uint64_t left_of(const struct h2_stream *s)
{
    const struct answer_body *body = &s->x->answer;
    uint64_t left = 0;

    for (size_t i = 0; i < body->n_parts; i++)
        left += body->parts[i].length;
    return left - (body->n_parts > 0 ? body->done : 0);
}

/* How many bytes the next frame shall carry: what fits into the record. */
static ssize_t on_read(nghttp2_session *ng, int32_t id,
                       uint8_t *buffer, // NOLINT(readability-non-const-parameter) ; nghttp2's type
                       size_t length, uint32_t *flags, nghttp2_data_source *source, void *user)
{
    struct h2_session *h = user;
    struct h2_stream *s = source->ptr;
    const bool is_over = !s->is_stream || s->is_stream_over;
    const uint64_t left = s->is_stream ? s->backlog.length : left_of(s);
    const size_t room = h->fill_target - h->n_filled;

    (void)ng;
    (void)id;
    (void)buffer;
    if (left == 0 && !is_over)
        return NGHTTP2_ERR_DEFERRED;
    if (room < H2_FRAME_HEAD_BYTES + MIN_DATA_BYTES && room < H2_FRAME_HEAD_BYTES + left)
        return NGHTTP2_ERR_PAUSE;
    size_t n = room > H2_FRAME_HEAD_BYTES ? room - H2_FRAME_HEAD_BYTES : 0;
    n = n < length ? n : length;
    n = n < left ? n : (size_t)left;
    if (!s->is_stream && !read_ahead_is_near(s->x, n))
        return NGHTTP2_ERR_DEFERRED;
    *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    if (n == left && is_over)
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    return (ssize_t)n;
}

static int copy_body(struct h2_stream *s, char *to, size_t length)
{
    if (s->is_stream) {
        memcpy(to, s->backlog.data, length);
        buf_consume(&s->backlog, length);
        if (s->backlog.length == 0)
            buf_clear(&s->backlog);
        return 0;
    }
    if (answer_body_copy(&s->x->answer, to, length) != (ssize_t)length)
        return ERR_IO;
    answer_body_advance(&s->x->answer, length);
    return 0;
}

int h2_on_send_data(nghttp2_session *ng, nghttp2_frame *frame, const uint8_t *head, size_t length,
                    nghttp2_data_source *source, void *user)
{
    struct h2_session *h = user;
    struct h2_stream *s = source->ptr;
    char *to = h->c->loop->write_scratch + h->n_filled;

    (void)ng;
    (void)frame;
    if (length > 0 && copy_body(s, to + H2_FRAME_HEAD_BYTES, length) < 0)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    memcpy(to, head, H2_FRAME_HEAD_BYTES);
    h->n_filled += H2_FRAME_HEAD_BYTES + length;
    s->x->n_sent += length;
    h->unpaid_bytes += length;
    return h->n_filled + H2_FRAME_HEAD_BYTES + MIN_DATA_BYTES > h->fill_target ? NGHTTP2_ERR_PAUSE
                                                                               : 0;
}

/* ---- The pace ---- */

/* Streams share one socket, and each has its pace as a connection of HTTP/1.1 has: so the socket
 * has what they use together. A file that has none of its own goes as fast as the link allows, and
 * takes the others along. */
static void set_pace(struct h2_session *h)
{
    const uint64_t together = h->paced_bytes_per_s;

    if (h->n_unpaced > 0)
        connection_set_pace(h->c, 0);
    else if (together > 0) /* else the pace stays for the next one */
        connection_set_pace(h->c, together < UINT32_MAX ? (uint32_t)together : 0);
}

static void join_pace(struct h2_stream *s)
{
    struct h2_session *h = s->h;

    if (!s->x->answer.file) /* what is small and in memory leaves the pace as it is */
        return;
    s->is_from_file = true;
    h->paced_bytes_per_s += s->x->paced_bytes_per_s;
    h->n_unpaced += s->x->paced_bytes_per_s == 0;
    set_pace(h);
}

void h2_answer_leave_pace(struct h2_stream *s)
{
    struct h2_session *h = s->h;

    if (!s->is_from_file)
        return;
    s->is_from_file = false;
    h->paced_bytes_per_s -= s->x->paced_bytes_per_s;
    h->n_unpaced -= s->x->paced_bytes_per_s == 0;
    set_pace(h);
}

/* ---- What an exchange calls ---- */

static void apply_priority(const struct h2_stream *s, uint64_t body_bytes)
{
    const struct priority p = priority_of_answer(s->priority, body_bytes);
    const nghttp2_extpri extpri = {.urgency = p.urgency, .inc = p.is_incremental};

    if (p.urgency != s->priority.urgency)
        (void)nghttp2_session_change_extpri_stream_priority(s->h->ng, s->id, &extpri, 0);
}

/* Returns 0 or one of nghttp2's failures. */
static int submit(struct h2_stream *s, const struct answer_head *head)
{
    static const struct http_headers NONE = {.n_fields = 0};
    const struct http_headers *more = head->more ? head->more : &NONE;
    const bool is_stream = head->content_length == HTTP_LENGTH_UNKNOWN;
    const bool has_body =
        is_stream ? s->x->request.method != HTTP_HEAD : !answer_body_is_done(&s->x->answer);
    const nghttp2_data_provider body = {.source.ptr = s, .read_callback = on_read};
    char status[STATUS_DIGITS + 1];
    char text[LENGTH_TEXT_SIZE]; // cppcheck-suppress variableScope ; read when all is submitted
    const struct http_header *guards = NULL;
    s->is_stream = is_stream;
    nghttp2_nv *fields =
        arena_alloc(&s->x->arena, (3 + EXCHANGE_MAX_GUARDS + head->n_fields + more->n_fields) *
                                      sizeof(nghttp2_nv));
    size_t n = 0;

    if (!fields)
        return NGHTTP2_ERR_NOMEM;
    (void)snprintf(status, sizeof status, "%03d", head->status);
    fields[n++] = nv_of(slice_from(":status"), slice_of(status, STATUS_DIGITS));
    fields[n++] = nv_of(slice_from("date"), slice_of(loop_date(s->h->c->loop), HTTP_DATE_LENGTH));
    const size_t n_guards = exchange_guards(s->x, &guards);
    n += put_fields(fields + n, guards, n_guards);
    n += put_fields(fields + n, head->fields, head->n_fields);
    n += put_fields(fields + n, more->fields, more->n_fields);
    if (!is_stream && http_status_has_body(head->status)) {
        const int length =
            snprintf(text, sizeof text, "%llu", (unsigned long long)head->content_length);
        fields[n++] = nv_of(slice_from("content-length"), slice_of(text, (size_t)length));
    }
    apply_priority(s, is_stream ? 0 : head->content_length);
    return nghttp2_submit_response(s->h->ng, s->id, fields, n, has_body ? &body : NULL);
}

static void on_answer(struct http_exchange *x, const struct answer_head *head)
{
    struct h2_stream *s = x->owner;

    h2_drop_input(s);
    s->has_answer = true;
    join_pace(s);
    if (submit(s, head) != 0)
        (void)nghttp2_submit_rst_stream(s->h->ng, NGHTTP2_FLAG_NONE, s->id, NGHTTP2_INTERNAL_ERROR);
    h2_wake(s->h);
}

static void on_want_body(struct http_exchange *x)
{
    struct h2_stream *s = x->owner;

    h2_stream_needs_work(s);
    h2_wake(s->h);
}

static int on_stream_write(struct http_exchange *x, struct slice data)
{
    struct h2_stream *s = x->owner;

    if (s->backlog.length + data.length > HTTP_MAX_STREAM_BACKLOG_BYTES)
        return ERR_UNAVAILABLE;
    buf_append_slice(&s->backlog, data);
    if (s->backlog.err)
        return ERR_UNAVAILABLE;
    (void)nghttp2_session_resume_data(s->h->ng, s->id);
    h2_wake(s->h);
    return 0;
}

static void on_stream_end(struct http_exchange *x)
{
    struct h2_stream *s = x->owner;

    s->is_stream_over = true;
    (void)nghttp2_session_resume_data(s->h->ng, s->id);
    h2_wake(s->h);
}

static void on_body_ready(struct http_exchange *x)
{
    struct h2_stream *s = x->owner;

    (void)nghttp2_session_resume_data(s->h->ng, s->id);
    h2_wake(s->h);
}

const struct exchange_protocol H2_PROTOCOL = {
    .answer = on_answer,
    .want_body = on_want_body,
    .stream_write = on_stream_write,
    .stream_end = on_stream_end,
    .body_ready = on_body_ready,
};

/* A client that is still sending a body which nobody will read is told so, but not at once: some
 * forget an answer when a reset comes right behind it. */
void h2_answer_sent(struct h2_stream *s)
{
    const struct http_loop *loop = s->x->loop;
    const int64_t reset_at_ms = loop->now_ms + loop->engine->limits.linger_ms;

    s->is_sent = true;
    s->sent_ms = loop->now_ms;
    if (!s->has_body_end && (s->h->check_at_ms == 0 || s->h->check_at_ms > reset_at_ms))
        s->h->check_at_ms = reset_at_ms;
}
