// SPDX-License-Identifier: GPL-3.0-or-later
/* tls_bio.h - between OpenSSL and a connection's socket.
 *
 *     SSL_write ──records──▶ the loop's gather buffer ──tls_bio_flush──▶ send() ──rest──▶ c->unsent
 *     SSL_read ◀──────────── recv(), and no second call when the first one has emptied the socket
 *
 * OpenSSL makes one write of each record. Gathered, several records cost one system call, and a
 * write never fails for want of room in the socket: so OpenSSL never asks to see bytes again. What
 * the socket does not take is kept with the connection; until that is gone nothing else is
 * written. */
#ifndef SERVER_HTTP_TLS_BIO_H
#define SERVER_HTTP_TLS_BIO_H

struct connection;

/* Gives c->ssl its way to the socket. Returns 0 or ERR_NO_MEMORY. */
int tls_bio_attach(struct connection *c);

/* To be called after each call into OpenSSL that may have written. Returns 0 when all is sent,
 * ERR_AGAIN when some waits for the socket, ERR_IO or ERR_NO_MEMORY. */
int tls_bio_flush(struct connection *c);

#endif
