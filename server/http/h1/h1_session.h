// SPDX-License-Identifier: GPL-3.0-or-later
/* h1_session.h - HTTP/1.1 on a connection. */
#ifndef SERVER_HTTP_H1_H1_SESSION_H
#define SERVER_HTTP_H1_H1_SESSION_H

struct connection;

/* Makes the connection speak HTTP/1.1. Returns 0 or ERR_NO_MEMORY. */
int h1_session_start(struct connection *c);

#endif
