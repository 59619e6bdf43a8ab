// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/socket/linger.h"

#include <errno.h>
#include <sys/socket.h>

#include "server/http/socket/connection.h"

/* The session is the connection itself: there is nothing to keep. */

/* Straight from the socket: nobody looks at the bytes, so that they need not be decrypted, nor even
 * copied (MSG_TRUNC drops what has come over TCP). */
static void advance(void *session)
{
    struct connection *c = session;

    connection_shut_down(c); /* it may have had to wait for the socket */
    if (!c->socket.is_readable || c->socket.is_drained)
        return;
    const ssize_t n = recv(c->socket.fd, c->loop->read_scratch, LOOP_SCRATCH_BYTES, MSG_TRUNC);
    c->socket.is_readable = n == (ssize_t)LOOP_SCRATCH_BYTES ||
                            (n > 0 && c->socket.is_half_closed) || (n < 0 && errno == EINTR);
    if (c->socket.is_readable)
        connection_again(c); /* it is still sending; the deadline ends this */
    else if (n == 0 ? !c->tls.is_encrypted_by_kernel : n < 0 && errno != EAGAIN)
        connection_close(c); /* the kernel may have records to send yet: then at the deadline */
}

static void on_deadline(void *session)
{
    connection_close(session);
}

/* The end is near anyway, and who closes now might take the last answer from a peer. */
static void stop(void *session)
{
    (void)session;
}

static void free_session(void *session)
{
    (void)session;
}

void linger_start(struct connection *c)
{
    static const struct session_type TYPE = {.advance = advance,
                                             .on_deadline = on_deadline,
                                             .stop = stop,
                                             .free = free_session};

    connection_shut_down(c);
    connection_set_session(c, &TYPE, c);
    connection_set_deadline(c, c->loop->now_ms + c->loop->engine->limits.linger_ms);
    advance(c);
}
