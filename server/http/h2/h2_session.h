// SPDX-License-Identifier: GPL-3.0-or-later
/* h2_session.h - HTTP/2 on a connection. */
#ifndef SERVER_HTTP_H2_H2_SESSION_H
#define SERVER_HTTP_H2_H2_SESSION_H

struct connection;
struct http_loop;

/* Makes the connection speak HTTP/2. Returns 0 or ERR_NO_MEMORY. */
int h2_session_start(struct connection *c);

/* Frees what the loop keeps for its sessions, the last of which is gone. */
void h2_session_clear_spare(struct http_loop *loop);

#endif
