// SPDX-License-Identifier: GPL-3.0-or-later
/* tls_handshake.h - the first session of a TLS connection: shakes hands, then makes room for the
 * protocol that ALPN chose. */
#ifndef SERVER_HTTP_SOCKET_TLS_HANDSHAKE_H
#define SERVER_HTTP_SOCKET_TLS_HANDSHAKE_H

struct connection;

/* Returns 0 or ERR_NO_MEMORY. */
int tls_handshake_start(struct connection *c);

#endif
