// SPDX-License-Identifier: GPL-3.0-or-later
/* tls_tickets.h - the keys that session tickets are encrypted with, shared by all loops.
 *
 * A new key is made every half of a ticket's life; the ones before it still open old tickets, so
 * that a stolen key opens at most two days of traffic of TLS 1.2 and nothing of TLS 1.3 (which
 * agrees on a fresh key also when it resumes). Keys live in memory only. */
#ifndef SERVER_HTTP_SOCKET_TLS_TICKETS_H
#define SERVER_HTTP_SOCKET_TLS_TICKETS_H

#include <openssl/types.h>

struct tls_tickets; /* opaque, any thread */

/* Returns 0 or ERR_NO_MEMORY. */
int tls_tickets_new(struct tls_tickets **ret_tickets);
void tls_tickets_free(struct tls_tickets *tickets);

/* Lets the context's connections issue and take tickets by these keys. */
void tls_tickets_install(struct tls_tickets *tickets, SSL_CTX *ssl);

#endif
