// SPDX-License-Identifier: GPL-3.0-or-later
/* server.h - listeners and loops: the engine as a whole. */
#ifndef SERVER_HTTP_SERVER_H
#define SERVER_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/http/exchange/exchange.h"
#include "server/http/exchange/site.h"
#include "server/http/loop/counters.h"

struct http_server; /* opaque */
struct http_limits;

struct http_server_config {
    const char *listen;          /* "ADDR:PORT" or "[ADDR]:PORT"; port 0 picks one; NULL for none */
    const int *tcp_sockets;      /* n_loops of http_server_bind, taken over; NULL: bound here */
    const char *tls_certificate; /* PEM chain; NULL for plain HTTP */
    const char *tls_key;         /* PEM */
    bool may_use_kernel_tls;     /* let the kernel encrypt where it can: see kernel_tls.h */
    const char *control_socket;  /* path of a Unix socket, mode 0600; NULL for none */
    unsigned n_loops;            /* 1 to 64 */
    const struct http_limits *limits; /* NULL: HTTP_DEFAULT_LIMITS */

    struct http_site site;

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

/* What is wrong with an address to listen on: see listener_fault(). */
const char *http_listen_fault(const char *address);

/* One loop's counters, or the sum over all with index HTTP_ALL_LOOPS. Any thread. */
#define HTTP_ALL_LOOPS (~0U)
void http_server_counters(const struct http_server *server, unsigned loop_index,
                          struct http_counters *ret_counters);

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
