// SPDX-License-Identifier: GPL-3.0-or-later
/* tls_state.h - what TLS keeps of one socket: OpenSSL's part, what the socket has not taken yet,
 * and how long the next records should be. All zero: the socket is a plain one. */
#ifndef SERVER_HTTP_SOCKET_TLS_STATE_H
#define SERVER_HTTP_SOCKET_TLS_STATE_H

#include <openssl/types.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"

struct http_loop;
struct socket_state;

struct tls_state {
    SSL *ssl;                    /* owned; NULL when plain */
    struct http_loop *loop;      /* borrowed, like the socket */
    struct socket_state *socket; /* outlives this */
    struct buf unsent;           /* records that the socket has not taken: tls_bio.h */
    int64_t write_ms;            /* time of the last write */
    uint32_t burst_bytes;        /* written since the connection was last idle, or some more */
    uint32_t open_bytes;         /* in a record that the kernel has not closed */
    uint32_t gather_bytes;       /* that the socket may be expected to take at once */
    bool is_encrypted_by_kernel; /* what is written to the socket; else OpenSSL does it */
};

#endif
