// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/linger.h"

#include "common/err.h"
#include "server/http/connection.h"

/* The session is the connection itself: there is nothing to keep. */

enum { MAX_READS = 16 }; /* a peer that has more to say does not want to know */

static void advance(void *session)
{
    struct connection *c = session;

    for (int i = 0; i < MAX_READS; i++) {
        const ssize_t n = connection_read(c, c->loop->read_scratch, LOOP_SCRATCH_BYTES);
        if (n == ERR_AGAIN)
            return;
        if (n <= 0)
            break;
    }
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
