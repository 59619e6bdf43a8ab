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

enum {
    LOOP_SCRATCH_BYTES = 256 * 1024,
    LOOP_GATHER_BYTES = 128 * 1024, /* TLS_GATHER_BYTES with the records' overhead, and flights */
    LOOP_BOUNDARY_LENGTH = 24,
};

struct connection;
struct h2_draft;
struct h2_memory;
struct http_site;
struct tls_context;
struct work_pool;

/* Something to be done soon, but not inside the call that asks for it. */
struct loop_task {
    struct list_node node;
    void (*run)(struct loop_task *task);
};

/* What lives on a loop: it may have a deadline, and it hears when the loop shall end. */
struct loop_member {
    struct list_node node;
    const struct loop_member_type *type;
    struct deadline deadline;
};

/* Each call may be the member's last act. */
struct loop_member_type {
    void (*on_deadline)(struct loop_member *member);

    /* The loop is stopping: leave when idle, else after what is under way. */
    void (*stop)(struct loop_member *member);

    /* Leave at once. */
    void (*end)(struct loop_member *member);
};

/* A protocol begins to speak on a connection. Returns 0 or ERR_NO_MEMORY. */
typedef int session_start(struct connection *c);

/* What all loops of a server share; constant while they run, but for the atomic number. What
 * belongs to the rooms above is handed in by the server, so that loops and sockets need not know
 * it. */
struct http_engine {
    const struct http_site *site; /* of the exchanges; borrowed */
    session_start *start_h1;
    session_start *start_h2; /* where TLS has agreed on it */
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

    struct list_node members;
    size_t n_exchanges; /* not yet released, also of members that are gone */

    /* Of the rooms above, which clear them before the loop's end: tls.h, read_ahead.h, exchange.c,
     * h2_session.h. */
    struct tls_context *tls; /* a reference; NULL without TLS */
    char *gather;      /* TLS records on their way to the socket: tls_bio.h; NULL without TLS */
    size_t n_gathered; /* in it; 0 between calls */
    struct list_node read_aheads;
    struct list_node spare_exchanges;
    size_t n_spare_exchanges;
    struct h2_draft *spare_draft; /* for the next header block; may be NULL */
    struct h2_memory *h2_memory;  /* of its sessions; NULL until the first one */

    char *read_scratch;  /* LOOP_SCRATCH_BYTES, valid within one call */
    char *write_scratch; /* the same, for what is about to be sent */
    struct compressor compressor;
    char boundary[LOOP_BOUNDARY_LENGTH + 1]; /* of multipart answers */
    char date[HTTP_DATE_SIZE];
    int64_t date_s; /* the second that `date` shows */

    struct loop_counters counters;
    bool is_stopping;         /* no new connections, no keep-alive */
    struct event grace_event; /* armed while stopping */
};

/* Prepares a loop on the caller's thread; sockets are added by the server. Returns 0,
 * ERR_NO_MEMORY or ERR_IO. loop_clear takes a loop that was only zeroed; nothing lives on it then.
 */
int loop_init(struct http_loop *loop, struct http_engine *engine, unsigned index);
void loop_clear(struct http_loop *loop);

/* The loop's thread: runs until loop_begin_stop, posted as mail, has been heeded. */
void loop_run(struct http_loop *loop);
void loop_begin_stop(struct http_loop *loop, uint32_t grace_ms);

/* A member comes to live on the loop; leaving takes its deadline off, and may end the loop. */
void loop_join(struct http_loop *loop, struct loop_member *member);
void loop_leave(struct http_loop *loop, struct loop_member *member);

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
