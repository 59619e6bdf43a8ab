// SPDX-License-Identifier: GPL-3.0-or-later
/* linger.h - the last session of a connection. All is said and the peer knows it; but what it has
 * sent meanwhile and nobody reads would make the kernel reset the connection, and take with it what
 * the peer has not read yet. So its bytes are read away for a moment. */
#ifndef SERVER_HTTP_SOCKET_LINGER_H
#define SERVER_HTTP_SOCKET_LINGER_H

struct connection;

/* Shuts the connection down for sending, ends its session and lets it linger; may close it. */
void linger_start(struct connection *c);

#endif
