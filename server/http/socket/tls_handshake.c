// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/socket/tls_handshake.h"

#include "common/err.h"
#include "server/http/socket/connection.h"
#include "server/http/socket/tls.h"

/* The session of a handshake is the connection itself: there is nothing else to keep. */

static void finish(struct connection *c)
{
    const struct http_engine *engine = c->loop->engine;
    struct loop_counters *counters = &c->loop->counters;

    counter_add(counters, HTTP_COUNT_TLS_HANDSHAKES, 1);
    if (tls_is_resumed(&c->tls))
        counter_add(counters, HTTP_COUNT_TLS_RESUMED, 1);
    if (c->tls.is_encrypted_by_kernel)
        counter_add(counters, HTTP_COUNT_TLS_BY_KERNEL, 1);
    /* A request may have come with the last flight and wait in OpenSSL's buffer: no edge will tell
     * of it. */
    c->socket.is_readable = true;
    session_start *start = tls_has_chosen_h2(&c->tls) ? engine->start_h2 : engine->start_h1;
    if (start(c) < 0)
        connection_close(c);
    else
        c->type->advance(c->session);
}

static void advance(void *session)
{
    struct connection *c = session;
    const int err = tls_shake_hands(&c->tls);

    if (err == ERR_AGAIN)
        return;
    if (err == 0) {
        finish(c);
        return;
    }
    counter_add(&c->loop->counters, HTTP_COUNT_TLS_FAILED, 1);
    connection_close(c);
}

static void on_deadline(void *session)
{
    struct connection *c = session;

    counter_add(&c->loop->counters, HTTP_COUNT_TIMEOUTS, 1);
    connection_close(c);
}

static void stop(void *session)
{
    connection_close(session);
}

static void free_session(void *session)
{
    (void)session;
}

int tls_handshake_start(struct connection *c)
{
    static const struct session_type TYPE = {.advance = advance,
                                             .on_deadline = on_deadline,
                                             .stop = stop,
                                             .free = free_session};

    if (tls_attach(&c->tls, c->loop, &c->socket) < 0)
        return ERR_NO_MEMORY;
    connection_set_session(c, &TYPE, c);
    connection_set_deadline(c, c->loop->now_ms + c->loop->engine->limits.handshake_ms);
    return 0;
}
