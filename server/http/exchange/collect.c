// SPDX-License-Identifier: GPL-3.0-or-later
/* collect.c - http_exchange_collect_body(): a small body as a whole, or a refusal. */
#include "common/err.h"
#include "server/http/exchange/exchange_core.h"
#include "server/http/exchange/problem.h"

static int on_collect_data(void *arg, struct slice data)
{
    struct http_exchange *x = arg;

    buf_append_slice(&x->collected, data);
    if (!x->collected.err)
        return 0;
    http_answer_problem(x, &HTTP_NO_MEMORY, NULL, NULL);
    return x->collected.err;
}

static void on_collect_end(void *arg, int err)
{
    struct http_exchange *x = arg;

    if (err == 0)
        x->on_collected(x, buf_slice(&x->collected), x->collected_arg);
    else if (err == ERR_TOO_LARGE)
        http_answer_problem(x, &HTTP_BODY_TOO_LARGE, NULL, NULL);
    else if (err == ERR_TIMEOUT)
        http_answer_problem(x, &HTTP_BODY_TOO_SLOW, NULL, NULL);
    else
        http_answer_problem(x, &HTTP_BODY_BROKEN, NULL, NULL);
}

void http_exchange_collect_body(struct http_exchange *x, size_t max_bytes,
                                void (*on_body)(struct http_exchange *x, struct slice body,
                                                void *arg),
                                void *arg)
{
    static const struct http_body_reader READER = {.on_data = on_collect_data,
                                                   .on_end = on_collect_end};

    x->on_collected = on_body;
    x->collected_arg = arg;
    http_exchange_read_body(x, max_bytes, &READER, x);
}
