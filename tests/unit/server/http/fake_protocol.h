// SPDX-License-Identifier: GPL-3.0-or-later
/* fake_protocol.h - a protocol that writes an exchange's answer down, for tests of what is above
 * protocols. One exchange at a time. */
#ifndef TESTS_UNIT_SERVER_HTTP_FAKE_PROTOCOL_H
#define TESTS_UNIT_SERVER_HTTP_FAKE_PROTOCOL_H

#include <criterion/criterion.h>

#include "common/buf.h"
#include "common/err.h"
#include "server/http/exchange/exchange_core.h"
#include "server/http/exchange/response.h"
#include "server/http/exchange/site.h"

enum { FAKE_LIMIT = 1 << 20 };

static struct http_site fake_site;
static struct http_engine fake_engine = {.site = &fake_site};
static struct http_loop fake_loop;
static struct http_exchange *fake_x;
static struct buf fake_head;   /* "200\nname: value\n…content-length: 5\n" */
static struct buf fake_body;   /* as it would be sent */
static struct buf fake_stream; /* what was written to it */
static int fake_n_wants;       /* calls of want_body */
static bool fake_is_stream_over;

static void fake_put_fields(const struct http_header *fields, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_printf(&fake_head, "%.*s: %.*s\n", SLICE_ARGS(fields[i].name),
                   SLICE_ARGS(fields[i].value));
}

static void fake_answer(struct http_exchange *x, const struct answer_head *head)
{
    buf_printf(&fake_head, "%d\n", head->status);
    fake_put_fields(head->fields, head->n_fields);
    if (head->more)
        fake_put_fields(head->more->fields, head->more->n_fields);
    if (head->content_length != HTTP_LENGTH_UNKNOWN)
        buf_printf(&fake_head, "content-length: %llu\n", (unsigned long long)head->content_length);
    char *to = buf_reserve(&fake_body, FAKE_LIMIT / 2);
    const ssize_t n = answer_body_copy(&x->answer, to, FAKE_LIMIT / 2);
    cr_assert_geq(n, 0);
    buf_commit(&fake_body, (size_t)n);
}

static void fake_want_body(struct http_exchange *x)
{
    (void)x;
    fake_n_wants++;
}

static int fake_stream_write(struct http_exchange *x, struct slice data)
{
    (void)x;
    buf_append_slice(&fake_stream, data);
    return 0;
}

static void fake_stream_end(struct http_exchange *x)
{
    (void)x;
    fake_is_stream_over = true;
}

static const struct exchange_protocol FAKE_PROTOCOL = {.answer = fake_answer,
                                                       .want_body = fake_want_body,
                                                       .stream_write = fake_stream_write,
                                                       .stream_end = fake_stream_end};

static inline void fake_set_up(void)
{
    static const struct http_peer PEER = {.address = "192.0.2.1"};

    fake_head = buf_with_limit(FAKE_LIMIT);
    fake_body = buf_with_limit(FAKE_LIMIT);
    fake_stream = buf_with_limit(FAKE_LIMIT);
    cr_assert_eq(loop_init(&fake_loop, &fake_engine, 0), 0);
    fake_x = exchange_new(&fake_loop, &PEER);
    fake_x->protocol = &FAKE_PROTOCOL;
}

/* The exchange has been released by then. */
static inline void fake_tear_down(void)
{
    cr_assert_eq(fake_loop.n_exchanges, 0);
    exchange_clear_spare(&fake_loop);
    loop_clear(&fake_loop);
    buf_clear(&fake_head);
    buf_clear(&fake_body);
    buf_clear(&fake_stream);
}

static inline void fake_request(enum http_method method, const struct http_header *fields, size_t n)
{
    fake_x->request.method = method;
    fake_x->request.headers = fields;
    fake_x->request.n_headers = n;
}

static inline bool fake_head_has(const char *line)
{
    return fake_head.data && strstr(fake_head.data, line);
}

#endif
