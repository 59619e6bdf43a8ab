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
    const ssize_t n = recv(c->fd, c->loop->read_scratch, LOOP_SCRATCH_BYTES, MSG_TRUNC);

    if (n > 0)
        connection_again(c); /* it is still sending; the deadline ends this */
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        connection_close(c);
}

static void close_now(void *session)
{
    connection_close(session);
}

static void free_session(void *session)
{
    (void)session;
}

void linger_start(struct connection *c)
{
    static const struct session_type TYPE = {.advance = advance,
                                             .on_deadline = close_now,
                                             .stop = close_now,
                                             .free = free_session};

    connection_shut_down(c);
    connection_set_session(c, &TYPE, c);
    connection_set_deadline(c, c->loop->now_ms + c->loop->engine->limits.linger_ms);
    connection_again(c);
}
