// SPDX-License-Identifier: GPL-3.0-or-later
/* h2_core.h - an HTTP/2 connection: frames and compression are nghttp2's, the meaning of a request
 * and every limit are ours.
 *
 *   socket ─▶ nghttp2 ─▶ h2_stream: head, body ─▶ exchange ─▶ handler
 *   socket ◀─ one TLS record ◀─ nghttp2 ◀─ h2_answer ◀───────────┘
 *
 * A turn has three parts, and only it calls nghttp2 to read or write frames, or handlers:
 *
 *   1. read   some input goes through nghttp2; requests and bodies that it completes line up
 *   2. work   what stands in line goes to handlers
 *   3. write  one TLS record at a time is filled with frames, while the socket takes them
 *
 * What a handler calls, in a turn or outside, only queues something and wakes the session. An
 * unsent record is the only output that a connection keeps; bodies stay in their files.
 *
 *   OPEN ──stop, idle, warned──▶ LEAVING (GOAWAY: what runs is finished) ──▶ lingers, closed
 *     └───────────────── broken, over the limit ─────────────────────────────────▲ */
#ifndef SERVER_HTTP_H2_H2_CORE_H
#define SERVER_HTTP_H2_H2_CORE_H

#include <nghttp2/nghttp2.h>

#include "common/buf.h"
#include "server/http/exchange/exchange_core.h"
#include "server/http/h2/frame_count.h"
#include "server/http/h2/h2_head.h"
#include "server/http/h2/misbehaviour.h"
#include "server/http/message/body_rate.h"
#include "server/http/message/priority.h"
#include "server/http/socket/connection.h"
#include "server/http/socket/send_watch.h"

struct h2_session {
    struct connection *c;
    nghttp2_session *ng;      /* owned */
    struct list_node streams; /* that have an exchange */
    struct list_node work;    /* those of them whose handler gets something */
    struct h2_draft *draft;   /* of the header block that is being received; else NULL */
    size_t block_bytes;       /* of that block, on the wire */
    unsigned n_block_frames;
    struct buf output;  /* a record that the socket did not take; empty on an idle connection */
    size_t n_filled;    /* of the loop's scratch, while a record is being put together */
    size_t fill_target; /* how long the record should become */
    struct misbehaviour misbehaviour;
    struct frame_count incoming;
    uint32_t window_credit;         /* WINDOW_UPDATE frames that what we sent explains */
    size_t unpaid_bytes;            /* sent, and not yet turned into credit */
    uint64_t paced_bytes_per_s;     /* of all answers from files that are on their way */
    unsigned n_unpaced;             /* of those, without a pace */
    uint32_t fatal;                 /* an error code: say it and close */
    int32_t early_priority_id;      /* a PRIORITY_UPDATE may come before its stream, */
    struct priority early_priority; /* and then counts more than the request's field */

    /* Clocks; 0: does not run. */
    int64_t idle_since_ms;   /* no stream */
    int64_t block_since_ms;  /* an unfinished header block */
    struct send_watch watch; /* the socket takes nothing */
    int64_t check_at_ms;     /* when streams are looked at again */

    bool is_greeted;   /* the client's first SETTINGS have come */
    bool is_leaving;   /* GOAWAY is on its way: no new requests */
    bool has_said_why; /* the last words of a fatal end */
    bool is_gone;      /* the peer */
    bool is_running;   /* inside a turn */
};

/* Lives in its exchange's arena. nghttp2 has it as the stream's user data while both exist. */
struct h2_stream {
    struct list_node node;
    struct list_node work_link;
    struct h2_session *h;
    struct http_exchange *x;
    int32_t id;
    int64_t opened_ms;
    struct priority priority; /* that the client asked for */

    /* The request. */
    struct buf input;    /* of the body, not yet wanted by the handler; at most the window */
    uint64_t n_received; /* bytes of the body */
    struct body_rate rate;
    bool is_dispatched;
    bool has_body_end; /* END_STREAM has come */
    bool owes_continue;
    int refusal; /* the status that the engine answers with instead of the handler */

    /* The answer. */
    struct buf backlog; /* of a stream of unknown length */
    bool has_answer;    /* nghttp2 has it */
    bool is_stream;
    bool is_stream_over;
    bool is_from_file;        /* and counts in the connection's pace */
    bool is_sent;             /* its last frame is on its way */
    int64_t sent_ms;          /* since when */
    uint64_t n_sent_at_stall; /* body bytes sent when the window was first found closed */
    int64_t stalled_since_ms; /* 0: not stalled */
};

/* ---- h2_turn.c ---- */
/* Gives the session its connection. Lets it have a turn soon, unless it has one now. */
void h2_begin(struct h2_session *h);
void h2_wake(struct h2_session *h);

/* Notes a deed of the peer's; may end the session at the end of the turn. Returns 0, or
 * NGHTTP2_ERR_CALLBACK_FAILURE when nothing more shall be read. */
int h2_note(struct h2_session *h, enum misdeed deed);

/* Ends the connection with an error code, at the end of the turn. Returns as above. */
int h2_fail(struct h2_session *h, uint32_t error_code);
/* Resets a stream for a misdeed. Returns as above. */
int h2_reset(struct h2_session *h, int32_t id, uint32_t error_code, enum misdeed deed);

/* ---- h2_stream.c ---- */
int h2_on_begin_headers(nghttp2_session *ng, const nghttp2_frame *frame, void *user);
int h2_on_header(nghttp2_session *ng, const nghttp2_frame *frame, const uint8_t *name,
                 size_t name_length, const uint8_t *value, size_t value_length, uint8_t flags,
                 void *user);
int h2_on_data_chunk(nghttp2_session *ng, uint8_t flags, int32_t id, const uint8_t *data,
                     size_t length, void *user);
int h2_on_stream_close(nghttp2_session *ng, int32_t id, uint32_t error_code, void *user);

/* A HEADERS frame with its header block is complete; the last frame of a request has come. */
int h2_take_headers(struct h2_session *h, const nghttp2_frame *frame);
int h2_take_end(struct h2_session *h, int32_t id);

/* Puts the stream in line for work: requests and body bytes are given to handlers. */
void h2_stream_needs_work(struct h2_stream *s);
void h2_do_work(struct h2_session *h);

/* Nobody will read what has come of the body, or of a header block. */
void h2_drop_input(struct h2_stream *s);
void h2_drop_draft(struct h2_session *h);

/* Ends the exchange, too. */
void h2_stream_free(struct h2_stream *s);

/* Looks for bodies that are too slow or unwanted, and answers that wait for a window. */
void h2_check_streams(struct h2_session *h);

/* ---- h2_answer.c ---- */
extern const struct exchange_protocol H2_PROTOCOL;

int h2_on_send_data(nghttp2_session *ng, nghttp2_frame *frame, const uint8_t *head, size_t length,
                    nghttp2_data_source *source, void *user);

/* Its last frame is on its way; the stream is over, and the others have the connection's pace. */
void h2_answer_sent(struct h2_stream *s);
void h2_answer_leave_pace(struct h2_stream *s);

#endif
