// SPDX-License-Identifier: GPL-3.0-or-later
/* h1_core.h - an HTTP/1.1 connection: one exchange at a time.
 *
 *        ┌────────────────────── keep-alive ───────────────────────┐
 *        ▼                                                         │
 *      HEAD ──h1_take_head──▶ BUSY ──h1_answer──▶ SENDING ──▶ DISCARDING
 *        │                     │ body flows          ▲ │ ▲          rest of the body
 *        │ malformed           └─stream──▶ STREAMING─┘ │ │
 *        └──h1_refuse──────────────────────────────────┼─┘
 *                                                      ▼ must close
 *                                                   lingers: linger.h
 *
 * Pipelined requests wait in `input` or in the socket until the answer before theirs has been sent:
 * that is the order they need, and the back-pressure. A step of a state returns what comes next;
 * the one loop in h1_run() does it. Handlers are called from steps only, never from within a call
 * of theirs into the engine. */
#ifndef SERVER_HTTP_H1_H1_CORE_H
#define SERVER_HTTP_H1_H1_CORE_H

#include "common/buf.h"
#include "server/http/exchange/exchange_core.h"
#include "server/http/h1/h1_head.h"
#include "server/http/message/body_rate.h"
#include "server/http/message/chunked.h"
#include "server/http/socket/connection.h"
#include "server/http/socket/send_watch.h"

enum h1_state {
    H1_HEAD,       /* waiting for a request head, or receiving one */
    H1_BUSY,       /* the handler has the exchange and has not answered */
    H1_SENDING,    /* the answer is on its way */
    H1_STREAMING,  /* an answer without an end yet */
    H1_DISCARDING, /* the rest of a short body, to keep the connection */
};

enum h1_step {
    H1_GO_ON,
    H1_WAIT,   /* for an edge, a deadline or the handler */
    H1_LINGER, /* all is said; the peer may still be talking */
    H1_CLOSE,
};

struct h1_session {
    struct connection *c;
    enum h1_state state;
    struct http_exchange *x; /* in BUSY, SENDING and STREAMING */
    struct buf input;        /* read, but not used yet; empty on an idle connection */
    struct h1_scan scan;     /* of the head at the front of input */

    /* The request's body. */
    struct chunked chunked;
    uint64_t body_left; /* unless chunked */
    struct body_rate rate;
    int64_t rate_due_ms; /* when it is judged next, however often bytes come; 0: not set */
    size_t discard_left; /* bytes that may still be thrown away */
    bool is_chunked;
    bool has_body_end; /* all of the body was read */
    bool is_broken;    /* its framing: nothing that follows can be understood */
    bool owes_continue;

    /* The answer. */
    struct slice head; /* what is left of it, in the exchange's arena */
    struct buf stream; /* bytes of a stream that wait for the socket */
    bool is_stream_over;
    bool is_stream_chunked;
    bool keeps_alive;        /* after this exchange */
    struct send_watch watch; /* of a blocked send */

    bool has_head_begun;      /* the clock of a head is running */
    bool has_eof;             /* the peer sends no more */
    bool is_overdue;          /* the deadline has passed */
    bool is_running;          /* inside h1_run() */
    bool is_from_loop;        /* of the run: handlers may be called */
    unsigned n_turn_requests; /* that may still be begun in this turn */
};

/* ---- h1_session.c ---- */

/* Runs steps until one says otherwise; may end the session. Does nothing inside itself: the outer
 * run goes on. Only a run from the loop may call handlers. */
void h1_run(struct h1_session *h, bool is_from_loop);

/* Answers a request that no handler shall see; the connection is closed afterwards. */
enum h1_step h1_refuse(struct h1_session *h, int status);

/* The answer has been sent. */
enum h1_step h1_finish(struct h1_session *h);

/* Request and answer are over. */
enum h1_step h1_next_request(struct h1_session *h);

/* ---- h1_body.c ---- */

void h1_body_begin(struct h1_session *h, const struct h1_head *head);

/* Moves body bytes to the handler as long as it wants them. */
enum h1_step h1_body_step(struct h1_session *h);

/* Throws away the rest of the body. */
enum h1_step h1_discard_step(struct h1_session *h);

/* Whether the connection can be kept although the handler left body bytes unread. */
bool h1_body_can_be_skipped(const struct h1_session *h);

/* ---- h1_answer.c ---- */

extern const struct exchange_protocol H1_PROTOCOL;

enum h1_step h1_send_step(struct h1_session *h);

/* A look at a blocked send that is due: whether the peer has taken enough since the last one. */
bool h1_peer_takes_bytes(struct h1_session *h);
enum h1_step h1_stream_step(struct h1_session *h);

#endif
