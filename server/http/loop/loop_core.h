// SPDX-License-Identifier: GPL-3.0-or-later
/* loop_core.h - the inside of a loop, for the engine's own files. Everything here is touched by the
 * loop's thread only, except the mail queue and the counters.
 *
 * One turn of a loop: libevent waits; connections that became ready advance, each for a bounded
 * amount of work; those that have more to do put a task at the end of the line. */
#ifndef SERVER_HTTP_LOOP_LOOP_CORE_H
#define SERVER_HTTP_LOOP_LOOP_CORE_H

#include <event2/event.h>
#include <event2/event_struct.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "server/http/loop/counters.h"
#include "server/http/loop/deadline.h"
#include "server/http/loop/list.h"
#include "server/http/loop/loop.h"
#include "server/http/loop/mail_queue.h"
#include "server/http/message/compress.h"
#include "server/http/message/date.h"
#include "server/http/message/limits.h"
#include "server/http/server.h"
#include "server/http/socket/listener.h"

enum {
    LOOP_SCRATCH_BYTES = 256 * 1024,
    LOOP_GATHER_BYTES = 128 * 1024, /* TLS_GATHER_BYTES with the records' overhead, and flights */
    LOOP_BOUNDARY_LENGTH = 24,
};

struct h2_draft;
struct h2_memory;
struct tls_context;

/* Something to be done soon, but not inside the call that asks for it. */
struct loop_task {
    struct list_node node;
    void (*run)(struct loop_task *task);
};

/* What all loops of a server share; constant while they run, but for the atomic number. */
struct http_engine {
    struct http_server_config config; /* its texts are owned by the server */
    struct http_limits limits;
    uint32_t max_connections;
    struct work_pool *disks; /* reads what is not in the page cache; NULL: the loops do */
    _Atomic uint32_t n_connections;
};

struct http_loop {
    struct http_engine *engine; /* borrowed */
    unsigned index;
    pthread_t thread;
    void *context; /* of the roles */

    struct event_base *base;
    struct mail_queue mail;
    struct mailbox mailbox;
    struct event mail_event;
    struct list_node tasks;
    struct event tasks_event;
    struct deadline_wheel deadlines;
    struct event tick_event;
    int64_t now_ms; /* monotonic; of the current turn's event */

    struct listener tcp_listener;
    struct listener control_listener; /* the first loop's only */
    struct tls_context *tls;          /* a reference; NULL without TLS */
    struct list_node connections;
    size_t n_exchanges;           /* not yet released, also of connections that are gone */
    struct list_node read_aheads; /* of read_ahead.c */
    struct list_node spare_exchanges;
    size_t n_spare_exchanges;

    char *read_scratch;  /* LOOP_SCRATCH_BYTES, valid within one call */
    char *write_scratch; /* the same, for what is about to be sent */
    char *gather;        /* TLS records on their way to the socket: tls_bio.h; NULL without TLS */
    size_t n_gathered;   /* in it; 0 between calls */
    struct h2_draft *spare_draft; /* for the next header block of HTTP/2; may be NULL */
    struct h2_memory *h2_memory;  /* of its HTTP/2 sessions; NULL until the first one */
    struct compressor compressor;
    char boundary[LOOP_BOUNDARY_LENGTH + 1]; /* of multipart answers */
    char date[HTTP_DATE_SIZE];
    int64_t date_s; /* the second that `date` shows */

    struct loop_counters counters;
    bool is_stopping;         /* no new connections, no keep-alive */
    struct event grace_event; /* armed while stopping */
};

/* Prepares a loop on the caller's thread; sockets are added by the server. Returns 0,
 * ERR_NO_MEMORY or ERR_IO. loop_clear takes a loop that was only zeroed. */
int loop_init(struct http_loop *loop, struct http_engine *engine, unsigned index);
void loop_clear(struct http_loop *loop);

/* The loop's thread: runs until loop_begin_stop, posted as mail, has been heeded. */
void loop_run(struct http_loop *loop);
void loop_begin_stop(struct http_loop *loop, uint32_t grace_ms);

/* Ends the loop when it is stopping and nothing is left to do. */
void loop_end_if_idle(struct http_loop *loop);

/* Puts a task at the end of the line, unless it stands there already. */
void loop_later(struct http_loop *loop, struct loop_task *task);
void loop_cancel(struct loop_task *task);

/* Reads the clock; every way into the engine from outside calls it once. */
int64_t loop_update_now(struct http_loop *loop);

/* The Date field's value, HTTP_DATE_LENGTH bytes. */
const char *loop_date(struct http_loop *loop);

#endif
