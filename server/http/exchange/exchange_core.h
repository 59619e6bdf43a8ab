// SPDX-License-Identifier: GPL-3.0-or-later
/* exchange_core.h - the inside of an exchange: where a handler meets a protocol.
 *
 *                    protocol                     handler
 *   exchange_new ─▶ fills request ─▶ on_request ─▶ http_exchange_read_body
 *                   exchange_push_body, _end_body ◀─┘ … http_answer_…
 *                   protocol->answer ◀── exchange_answer
 *                   exchange_release when the last byte is sent
 *
 * A protocol that loses its peer calls exchange_detach: an answered exchange is released, one that
 * waits for its handler lives on without a protocol until it is answered. */
#ifndef SERVER_HTTP_EXCHANGE_EXCHANGE_CORE_H
#define SERVER_HTTP_EXCHANGE_EXCHANGE_CORE_H

#include "common/buf.h"
#include "server/http/exchange/answer_body.h"
#include "server/http/exchange/exchange.h"
#include "server/http/loop/loop_core.h"

/* What an answer says before its body; valid during the call that carries it. */
struct answer_head {
    int status;
    const struct http_header *fields; /* the engine's */
    size_t n_fields;
    const struct http_headers *more; /* the handler's; may be NULL */
    uint64_t content_length;         /* HTTP_LENGTH_UNKNOWN for a stream */
    struct slice h1_block; /* the same fields, content-length included, as HTTP/1.1 writes them;
                            * empty: not prepared */
};

/* The calls that an exchange makes on the protocol that it came by. None of them calls back into
 * the handler before it returns. */
struct exchange_protocol {
    void (*answer)(struct http_exchange *x, const struct answer_head *head);

    /* The handler wants body bytes now: it has just begun to read, or resumed. */
    void (*want_body)(struct http_exchange *x);

    /* Bytes of a stream, or its end. Returns 0, or ERR_UNAVAILABLE when they are not taken. */
    int (*stream_write)(struct http_exchange *x, struct slice data);
    void (*stream_end)(struct http_exchange *x);

    /* The body's next bytes have come from the disk (read_ahead.h). NULL: never waits for it. */
    void (*body_ready)(struct http_exchange *x);
};

/*   IDLE ──http_exchange_read_body──▶ READING ──on_end, or on_data said stop──▶ ENDED */
enum body_reading { BODY_IDLE, BODY_READING, BODY_ENDED };

struct request_body {
    struct http_body_reader reader;
    void *reader_arg;
    uint64_t max_bytes;
    uint64_t n_bytes; /* handed to the reader */
    enum body_reading reading;
    bool is_paused;
    bool has_end; /* the body is over, but the reader has not been told */
    int end;      /* what it will be told */
};

struct http_exchange {
    struct list_node node; /* among the loop's spare ones */
    struct http_loop *loop;
    const struct exchange_protocol *protocol; /* NULL once the peer is gone */
    void *owner;                              /* the protocol's own */
    struct arena arena;
    struct http_peer peer;
    struct http_request request;
    struct request_body body;
    struct buf collected; /* http_exchange_collect_body */
    void (*on_collected)(struct http_exchange *x, struct slice body, void *arg);
    void *collected_arg;
    struct loop_task later; /* of an exchange without a protocol */
    bool is_answered;
    bool is_stream;
    int status;
    struct answer_body answer;
    struct list_node disk_wait; /* while its bytes come from a disk: read_ahead.c */
    uint64_t n_sent;            /* body bytes of the answer */
    uint32_t paced_bytes_per_s; /* of an answer from a file; see struct http_representation */
    int64_t started_ms;
    struct slice log_path;
    int version;   /* 10, 11 or 20 */
    unsigned kind; /* of http_exchange_set_kind() */
};

/* A fresh exchange, or NULL when memory is out. Its request is empty but for the peer. */
struct http_exchange *exchange_new(struct http_loop *loop, const struct http_peer *peer);

/* The answer was sent, or will never be: reports it and takes the memory back. */
void exchange_release(struct http_exchange *x, bool was_sent);

/* Frees the memory that the loop keeps for its next exchanges. */
void exchange_clear_spare(struct http_loop *loop);

/* Hands the exchange to the server's handler. */
void exchange_dispatch(struct http_exchange *x);

/* Whether its host is one that the server answers for; else it gets 421. */
bool exchange_is_for_us(const struct http_exchange *x);

/* The peer is gone. The protocol must not touch the exchange afterwards. Calls back into the
 * handler: from the loop only. */
void exchange_detach(struct http_exchange *x);

/* Whether body bytes, or the end of the body, may be handed over now. */
static inline bool exchange_wants_body(const struct http_exchange *x)
{
    return x->body.reading == BODY_READING && !x->body.is_paused && !x->is_answered;
}

/* Hands over body bytes; exchange_wants_body() must hold, and may no longer hold afterwards. */
void exchange_push_body(struct http_exchange *x, struct slice data);

/* The body is over: 0 or the failure. May be called at any time, and several times: the first one
 * counts. The reader is told at once when it wants the body. x may be answered afterwards. */
void exchange_end_body(struct http_exchange *x, int err);

/* Fields of every answer that keep browsers from guessing a type other than the one that is told,
 * and, once a browser has come by TLS, from coming without for a year: phones are away for months.
 * Without includeSubDomains, since what else the owner's domain serves is not for us to decide. */
#define EXCHANGE_MAX_GUARDS 2
size_t exchange_guards(const struct http_exchange *x, const struct http_header **ret_fields);

/* The one way from a handler's answer to the protocol; x->answer has been set. */
void exchange_answer(struct http_exchange *x, const struct answer_head *head);

#endif
