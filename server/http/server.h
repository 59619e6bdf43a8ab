// SPDX-License-Identifier: GPL-3.0-or-later
/* server.h - listeners and loops: the engine as a whole. */
#ifndef SERVER_HTTP_SERVER_H
#define SERVER_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/http/exchange/exchange.h"

struct http_server; /* opaque */
struct http_limits;

/* One line of an access log, reported when an answer was sent or dropped. Valid during the call. */
struct http_answered {
    const struct http_request *request; /* its path may hold a secret: log `path` instead */
    struct slice path;                  /* as http_exchange_set_log_path said; empty when the
                                         * request was refused before it was understood */
    int version;                        /* 10, 11 or 20; 0 as above */
    int status;
    uint64_t n_body_bytes; /* sent */
    int64_t duration_ms;   /* from the complete head to the last byte */
    bool was_sent;         /* all of it; false when the peer went away first */
};

struct http_server_config {
    const char *listen;          /* "ADDR:PORT" or "[ADDR]:PORT"; port 0 picks one; NULL for none */
    const int *tcp_sockets;      /* n_loops of http_server_bind, taken over; NULL: bound here */
    const char *tls_certificate; /* PEM chain; NULL for plain HTTP */
    const char *tls_key;         /* PEM */
    bool may_use_kernel_tls;     /* let the kernel encrypt where it can: see kernel_tls.h */
    const char *control_socket;  /* path of a Unix socket, mode 0600; NULL for none */
    unsigned n_loops;            /* 1 to 64 */
    const struct http_limits *limits; /* NULL: HTTP_DEFAULT_LIMITS */

    /* Names this server answers for, lower-case; others get 421. NULL: any name. */
    const char *const *hosts;
    size_t n_hosts;

    bool is_public_https; /* a proxy in front speaks TLS with the world: see exchange_guards() */

    bool tells_timing; /* Server-Timing in every answer; off: it helps who measures us from outside
                        */

    http_handler *on_request;
    void (*on_answered)(const struct http_answered *record, void *arg); /* NULL: no access log */
    void *request_arg;                                                  /* of both */

    /* Called on each loop's thread before its first request and after its last one; *ret_context is
     * what http_loop_context() gives. A failure of start ends the whole server's start. */
    int (*on_loop_start)(struct http_loop *loop, void *arg, void **ret_context);
    void (*on_loop_stop)(struct http_loop *loop, void *context);
    void *loop_arg;
};

/* Binds one socket per loop, for who gives up the right to do so before the server starts. Returns
 * 0 and sockets for `tcp_sockets`, or a failure and a sentence as http_server_start. */
int http_server_bind(const char *listen, unsigned n_loops, int sockets[], const char **ret_message);

/* Binds, starts the loops and returns when all of them accept connections.
 * Returns 0 and a server that http_server_stop() ends. On failure *ret_message is a static or
 * thread-local sentence that names the cause ("cannot listen on 127.0.0.1:8080: address already in
 * use"): ERR_INVALID bad address or certificate, ERR_EXISTS the address is taken, ERR_DENIED,
 * ERR_NO_MEMORY, or what on_loop_start returned. */
int http_server_start(const struct http_server_config *config, struct http_server **ret_server,
                      const char **ret_message);

/* What is wrong with an address to listen on ("ADDR:PORT", "[ADDR]:PORT", "localhost:PORT"): a
 * static sentence, or NULL. Whether this host has it is known when it is bound. */
const char *http_listen_fault(const char *address);

/* The port that is listened on; 0 without a TCP listener. */
uint16_t http_server_port(const struct http_server *server);

/* When the certificate ends, as Unix time; -1 without TLS. Any thread. */
int64_t http_server_tls_expires_s(const struct http_server *server);

/* Reads certificate and key again; new connections use them. On failure the old ones stay. */
int http_server_reload_tls(struct http_server *server, const char **ret_message);

/* Stops accepting, closes idle connections, lets exchanges in flight finish for at most grace_ms,
 * closes the rest, waits for the handlers that have not answered yet, and ends the loops. Streams
 * are told by http_stream_write. Blocks. NULL and a second call are allowed. */
void http_server_stop(struct http_server *server, uint32_t grace_ms);

/* Stops when that has not been done, and frees. Until then the loops' mailboxes take mail, which
 * nobody reads any more: free work pools between stop and free. NULL is allowed. */
void http_server_free(struct http_server *server);

#endif
