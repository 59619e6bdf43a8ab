// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/exchange/exchange.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/err.h"
#include "server/http/exchange/exchange_core.h"
#include "server/http/exchange/site.h"
#include "server/http/message/status.h"

enum { MAX_SPARE_EXCHANGES = 256 }; /* with their first arena block: at most 1.5 MiB a loop */

struct http_exchange *exchange_new(struct http_loop *loop, const struct http_peer *peer)
{
    struct http_exchange *x = NULL;
    struct arena arena = arena_with_limit(HTTP_MAX_EXCHANGE_BYTES);

    if (loop->n_spare_exchanges > 0) {
        x = LIST_ELEMENT(loop->spare_exchanges.next, struct http_exchange, node);
        list_remove(&x->node);
        loop->n_spare_exchanges--;
        arena = x->arena;
    } else {
        x = malloc(sizeof *x);
        if (!x)
            return NULL;
    }
    *x = (struct http_exchange){.loop = loop,
                                .arena = arena,
                                .peer = *peer,
                                .started_ms = loop->now_ms,
                                .collected = buf_with_limit(SIZE_MAX / 2)};
    x->request.method = HTTP_GET;
    x->request.peer = &x->peer;
    loop->n_exchanges++;
    counter_add(&loop->counters, HTTP_COUNT_EXCHANGES_OPEN, 1);
    return x;
}

static void report(struct http_exchange *x, bool was_sent)
{
    const struct http_site *site = x->loop->engine->site;
    struct loop_counters *counters = &x->loop->counters;

    if (x->status >= 200 && x->status < 600)
        counter_add(counters, HTTP_COUNT_ANSWERS_2XX + (unsigned)(x->status / 100 - 2), 1);
    if (!was_sent)
        counter_add(counters, HTTP_COUNT_ANSWERS_CUT_SHORT, 1);
    if (!site->on_answered)
        return;
    const struct http_answered record = {
        .request = &x->request,
        .path = x->log_path.data ? x->log_path : x->request.path,
        .version = x->version,
        .status = x->status,
        .n_body_bytes = x->n_sent,
        .duration_ms = loop_update_now(x->loop) - x->started_ms,
        .was_sent = was_sent,
    };
    site->on_answered(&record, site->request_arg);
}

void exchange_release(struct http_exchange *x, bool was_sent)
{
    struct http_loop *loop = x->loop;

    report(x, was_sent);
    answer_body_clear(&x->answer);
    buf_clear(&x->collected);
    loop_cancel(&x->later);
    list_remove(&x->disk_wait);
    arena_reset(&x->arena);
    loop->n_exchanges--;
    counter_subtract(&loop->counters, HTTP_COUNT_EXCHANGES_OPEN, 1);
    if (loop->n_spare_exchanges < MAX_SPARE_EXCHANGES) {
        list_prepend(&loop->spare_exchanges, &x->node);
        loop->n_spare_exchanges++;
    } else {
        arena_clear(&x->arena);
        free(x);
    }
    loop_end_if_idle(loop);
}

void exchange_clear_spare(struct http_loop *loop)
{
    while (loop->n_spare_exchanges > 0) {
        struct http_exchange *x =
            LIST_ELEMENT(loop->spare_exchanges.next, struct http_exchange, node);
        list_remove(&x->node);
        loop->n_spare_exchanges--;
        arena_clear(&x->arena);
        free(x);
    }
}

void exchange_dispatch(struct http_exchange *x)
{
    const struct http_site *site = x->loop->engine->site;

    site->on_request(x, site->request_arg);
}

/* An empty host: HTTP/1.0 need not name one. */
bool exchange_is_for_us(const struct http_exchange *x)
{
    const struct http_site *site = x->loop->engine->site;

    for (size_t i = 0; i < site->n_hosts; i++) {
        if (slice_is(x->request.host, site->hosts[i]))
            return true;
    }
    return site->n_hosts == 0 || x->request.host.length == 0;
}

void exchange_detach(struct http_exchange *x)
{
    x->protocol = NULL;
    x->owner = NULL;
    if (x->is_answered && !x->is_stream)
        exchange_release(x, false);
    else
        exchange_end_body(x, ERR_IO);
}

const struct http_request *http_exchange_request(const struct http_exchange *x)
{
    return &x->request;
}

struct http_loop *http_exchange_loop(const struct http_exchange *x)
{
    return x->loop;
}

struct arena *http_exchange_arena(struct http_exchange *x)
{
    return &x->arena;
}

void http_exchange_set_log_path(struct http_exchange *x, struct slice path)
{
    x->log_path = path;
}

void http_exchange_set_kind(struct http_exchange *x, unsigned kind)
{
    x->kind = kind;
}

/* ---- The request's body ---- */

static void tell_end(struct http_exchange *x)
{
    x->body.reading = BODY_ENDED;
    x->body.reader.on_end(x->body.reader_arg, x->body.end);
}

/* A detached exchange whose handler has just begun to read, or resumed. */
static void run_later(struct loop_task *task)
{
    struct http_exchange *x = LIST_ELEMENT(task, struct http_exchange, later);

    if (exchange_wants_body(x))
        tell_end(x);
}

static void ask_protocol(struct http_exchange *x)
{
    if (x->protocol) {
        x->protocol->want_body(x);
        return;
    }
    if (!x->body.has_end) {
        x->body.has_end = true;
        x->body.end = ERR_IO;
    }
    x->later.run = run_later;
    loop_later(x->loop, &x->later);
}

void http_exchange_read_body(struct http_exchange *x, uint64_t max_bytes,
                             const struct http_body_reader *reader, void *arg)
{
    assert(x->body.reading == BODY_IDLE);
    x->body.reader = *reader;
    x->body.reader_arg = arg;
    x->body.max_bytes = max_bytes;
    x->body.reading = BODY_READING;
    if (!x->body.has_end && x->request.has_body &&
        x->request.content_length != HTTP_LENGTH_UNKNOWN && x->request.content_length > max_bytes) {
        x->body.has_end = true;
        x->body.end = ERR_TOO_LARGE;
    }
    ask_protocol(x);
}

void http_exchange_pause_body(struct http_exchange *x)
{
    x->body.is_paused = true;
}

void http_exchange_resume_body(struct http_exchange *x)
{
    if (!x->body.is_paused)
        return;
    x->body.is_paused = false;
    if (x->body.reading == BODY_READING)
        ask_protocol(x);
}

void exchange_push_body(struct http_exchange *x, struct slice data)
{
    struct request_body *body = &x->body;

    if (data.length > body->max_bytes - body->n_bytes) {
        exchange_end_body(x, ERR_TOO_LARGE);
        return;
    }
    body->n_bytes += data.length;
    if (body->reader.on_data(body->reader_arg, data) != 0)
        body->reading = BODY_ENDED;
}

void exchange_end_body(struct http_exchange *x, int err)
{
    if (!x->body.has_end) {
        x->body.has_end = true;
        x->body.end = err;
    }
    if (exchange_wants_body(x))
        tell_end(x);
}

/* ---- The answer ---- */

/* For those who look for slowness: how long the handler had the request. An answer that cannot have
 * the field goes without. */
static void add_timing(struct http_exchange *x, struct answer_head *head, struct http_headers *more)
{
    enum { VALUE_SIZE = 40 };
    const size_t n = head->more ? head->more->n_fields : 0;
    struct http_header *fields = arena_alloc(&x->arena, (n + 1) * sizeof *fields);
    char *value = arena_alloc(&x->arena, VALUE_SIZE);

    if (!fields || !value)
        return;
    for (size_t i = 0; i < n; i++)
        fields[i] = head->more->fields[i];
    (void)snprintf(value, VALUE_SIZE, "app;dur=%lld",
                   (long long)(loop_update_now(x->loop) - x->started_ms));
    fields[n] = HTTP_HEADER("server-timing", value);
    *more = (struct http_headers){.fields = fields, .n_fields = n + 1};
    head->more = more;
}

size_t exchange_guards(const struct http_exchange *x, const struct http_header **ret_fields)
{
    static const struct http_header GUARDS[EXCHANGE_MAX_GUARDS] = {
        {SLICE_LITERAL("x-content-type-options"), SLICE_LITERAL("nosniff")},
        {SLICE_LITERAL("strict-transport-security"), SLICE_LITERAL("max-age=31536000")},
    };

    *ret_fields = GUARDS;
    return x->peer.is_tls || x->loop->engine->site->is_public_https ? 2 : 1;
}

void exchange_answer(struct http_exchange *x, const struct answer_head *plain_head)
{
    struct answer_head timed_head = *plain_head;
    const struct answer_head *head = plain_head;
    struct http_headers more;

    assert(!x->is_answered);
    if (x->loop->engine->site->tells_timing) {
        add_timing(x, &timed_head, &more);
        head = &timed_head;
    }
    x->is_answered = true;
    counter_note_latency(&x->loop->counters, x->kind, loop_update_now(x->loop) - x->started_ms);
    x->status = head->status;
    if (x->request.method == HTTP_HEAD || !http_status_has_body(head->status))
        answer_body_drop(&x->answer);
    if (x->protocol)
        x->protocol->answer(x, head);
    else if (!x->is_stream)
        exchange_release(x, false);
}
