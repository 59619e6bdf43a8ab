// SPDX-License-Identifier: GPL-3.0-or-later
/* tls_bio.h - between OpenSSL and a connection's socket.
 *
 *     SSL_write ──records──▶ the loop's gather buffer ──tls_bio_flush──▶ send() ──rest──▶ t->unsent
 *     SSL_read ◀──────────── recv(), and no second call when the first one has emptied the socket
 *
 *     SSL_do_handshake ──key─────▶ OpenSSL's own socket BIO ──▶ the kernel, where that is wanted
 *     tickets, alerts  ──from then on──▶ the same way; they are records of the kernel's
 *
 * OpenSSL makes one write of each record. Gathered, several records cost one system call, and a
 * write never fails for want of room in the socket: so OpenSSL never asks to see bytes again. What
 * the socket does not take is kept with the connection; until that is gone nothing else is
 * written.
 *
 * What a connection has to say after the kernel has the key is written to its socket directly
 * (connection.c). When the kernel refuses it, for its cipher for instance, nothing changes. Only
 * sending is the kernel's: there is a BIO of its own for reading, which knows nothing of keys. */
#ifndef SERVER_HTTP_SOCKET_TLS_BIO_H
#define SERVER_HTTP_SOCKET_TLS_BIO_H

#include <stdbool.h>

struct tls_state;

/* Gives t->ssl its way to the socket, and its key to the kernel if that may have it and takes it.
 * Returns 0 or ERR_NO_MEMORY. */
int tls_bio_attach(struct tls_state *t, bool may_use_kernel);

/* Whether the kernel encrypts what is written to the socket. */
bool tls_bio_kernel_has_key(const struct tls_state *t);

/* To be called after each call into OpenSSL that may have written. Returns 0 when all is sent,
 * ERR_AGAIN when some waits for the socket, ERR_IO or ERR_NO_MEMORY. */
int tls_bio_flush(struct tls_state *t);

#endif
