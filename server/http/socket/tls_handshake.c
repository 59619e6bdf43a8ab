// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/socket/tls_handshake.h"

#include <openssl/ssl.h>

#include "common/err.h"
#include "server/http/socket/connection.h"
#include "server/http/socket/tls.h"

/* The session of a handshake is the connection itself: there is nothing else to keep. */

static int start_chosen(struct connection *c)
{
    const unsigned char *name = NULL;
    unsigned length = 0;

    SSL_get0_alpn_selected(c->ssl, &name, &length);
    const bool is_h2 = slice_is(slice_of((const char *)name, length), "h2");
    return is_h2 ? c->loop->engine->start_h2(c) : c->loop->engine->start_h1(c);
}

static void finish(struct connection *c)
{
    struct loop_counters *counters = &c->loop->counters;

    counter_add(counters, HTTP_COUNT_TLS_HANDSHAKES, 1);
    if (SSL_session_reused(c->ssl))
        counter_add(counters, HTTP_COUNT_TLS_RESUMED, 1);
    if (c->is_encrypted_by_kernel)
        counter_add(counters, HTTP_COUNT_TLS_BY_KERNEL, 1);
    /* A request may have come with the last flight and wait in OpenSSL's buffer: no edge will tell
     * of it. */
    c->is_readable = true;
    if (start_chosen(c) < 0)
        connection_close(c);
    else
        c->type->advance(c->session);
}

static void advance(void *session)
{
    struct connection *c = session;
    const int err = tls_shake_hands(c);

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

    if (tls_attach(c, c->loop->tls) < 0)
        return ERR_NO_MEMORY;
    connection_set_session(c, &TYPE, c);
    connection_set_deadline(c, c->loop->now_ms + c->loop->engine->limits.handshake_ms);
    return 0;
}
