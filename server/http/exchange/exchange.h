// SPDX-License-Identifier: GPL-3.0-or-later
/* exchange.h - one request and its answer, as a handler sees them. Protocol versions hide behind
 * it.
 *
 *      handler called ──▶ [ read body ] ──▶ answered ──▶ bytes sent, exchange gone
 *             │                 │               ▲
 *             └─ may wait for pools, Redis, timers: answer later, from the same loop ─┘
 *
 * The one rule: every exchange is answered exactly once, sooner or later, by one of the
 * http_answer functions of response.h, or ended with http_stream_end. When the peer goes away
 * first, the exchange stays valid until it is answered and the answer is dropped: handlers need no
 * cancellation of their own. Everything here is called on the exchange's loop. */
#ifndef SERVER_HTTP_EXCHANGE_EXCHANGE_H
#define SERVER_HTTP_EXCHANGE_EXCHANGE_H

#include "common/arena.h"
#include "server/http/message/request.h"

struct http_exchange;
struct http_loop;

const struct http_request *http_exchange_request(const struct http_exchange *x);
struct http_loop *http_exchange_loop(const struct http_exchange *x);

/* Memory that lives exactly as long as the exchange; at most 1 MiB. */
struct arena *http_exchange_arena(struct http_exchange *x);

/* What the access log shows instead of the path, for paths that carry a secret. The bytes must stay
 * valid as long as the exchange: its arena, or static. */
void http_exchange_set_log_path(struct http_exchange *x, struct slice path);

/* What sort of request it is, below HTTP_N_KINDS: latencies are counted by it. 0 when nobody says.
 */
void http_exchange_set_kind(struct http_exchange *x, unsigned kind);

struct http_body_reader {
    /* Some bytes of the body, in order; the slice is valid during the call. A result other than 0
     * stops the reading: no more data comes, on_end is not called, and the handler answers (it may
     * have done so in the call). A short rest of the body is thrown away to keep the connection;
     * with a longer one it is closed after the answer. */
    int (*on_data)(void *arg, struct slice data);

    /* The body is over: 0 all of it came, ERR_IO the peer went away, ERR_TIMEOUT it was too slow,
     * ERR_INVALID its framing is broken, ERR_TOO_LARGE it exceeds max_bytes. The handler answers
     * (now or later) in each case. Not called once the exchange is answered. */
    void (*on_end)(void *arg, int err);
};

/* Starts reading the body, at most max_bytes. Bytes flow as they arrive; nothing is buffered beyond
 * one read. "100 Continue" is sent when the client waits for it. Callbacks come after this call has
 * returned, or never when the request has no body: then on_end(arg, 0) comes at once from the loop.
 * A request whose declared length exceeds max_bytes gets on_end(ERR_TOO_LARGE) without any data. */
void http_exchange_read_body(struct http_exchange *x, uint64_t max_bytes,
                             const struct http_body_reader *reader, void *arg);

/* Stops and restarts the flow: while paused neither on_data nor on_end is called, and back-pressure
 * reaches the client through its socket. May be called inside on_data. No deadline runs while
 * paused. */
void http_exchange_pause_body(struct http_exchange *x);
void http_exchange_resume_body(struct http_exchange *x);

/* Reads a whole small body and hands it over (valid as long as the exchange). When it cannot be had
 * the exchange is answered with 400, 408 or 413 and on_body is not called. */
void http_exchange_collect_body(struct http_exchange *x, size_t max_bytes,
                                void (*on_body)(struct http_exchange *x, struct slice body,
                                                void *arg),
                                void *arg);

#endif
