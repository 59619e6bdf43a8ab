// SPDX-License-Identifier: GPL-3.0-or-later
/* tls.h - TLS 1.2 and 1.3 by OpenSSL on the socket itself.
 *
 * A tls_context holds certificate and settings; it is shared by the loops and replaced as a whole
 * when the certificate changes. Session tickets are encrypted with keys that all loops share and
 * that rotate: a ticket is good for one to two days, and resuming saves a slow phone the
 * certificate's bytes and a round trip. */
#ifndef SERVER_HTTP_SOCKET_TLS_H
#define SERVER_HTTP_SOCKET_TLS_H

#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "server/http/socket/tls_state.h"

struct http_loop;
struct socket_state;
struct tls_context; /* opaque, counted references, any thread */
struct tls_tickets;

struct tls_config {
    const char *certificate;     /* path of a PEM chain */
    const char *key;             /* path */
    struct tls_tickets *tickets; /* borrowed: must outlive the context */
    bool may_use_kernel;         /* the kernel encrypts where it can: kernel_tls.h */
};

/* Reads the PEM files.
 * Returns 0, ERR_NO_MEMORY, or ERR_INVALID with a static sentence in *ret_message. */
int tls_context_new(const struct tls_config *config, struct tls_context **ret_context,
                    const char **ret_message);
void tls_context_unref(struct tls_context *context);

/* When its certificate ends, as Unix time. */
int64_t tls_context_expires_s(const struct tls_context *context);

/* Lets the loop accept TLS connections by a context, to which it takes a reference; again, with
 * another one, for those to come. Returns 0 or ERR_NO_MEMORY. */
int tls_set_context(struct http_loop *loop, struct tls_context *context);
void tls_clear_context(struct http_loop *loop);

/* Makes a socket a TLS one, by the loop's context; `t` is zeroed. Returns 0 or ERR_NO_MEMORY. */
int tls_attach(struct tls_state *t, struct http_loop *loop, struct socket_state *socket);

/* Frees what the state holds; fine on a zeroed one. */
void tls_detach(struct tls_state *t);

/* Goes on with the handshake. Returns 0 when it is finished, ERR_AGAIN or ERR_IO. */
int tls_shake_hands(struct tls_state *t);

/* What a finished handshake has come to: HTTP/2 instead of HTTP/1.1; an earlier session. */
bool tls_has_chosen_h2(const struct tls_state *t);
bool tls_is_resumed(const struct tls_state *t);

/* How much the next tls_write() should get: what the socket has been seen to take at once. */
size_t tls_gather_bytes(const struct tls_state *t);

/* See connection_read() and connection_write(). */
ssize_t tls_read(struct tls_state *t, char *to, size_t size);
ssize_t tls_write(struct tls_state *t, const char *from, size_t size);

/* Sends what the socket did not take before. Returns 0, ERR_AGAIN or ERR_IO. */
int tls_send_rest(struct tls_state *t);

/* Where the kernel encrypts: how much one call may write (> 0), since a record ends with its call.
 *
 * A call that leaves its record open, because it says that more follows or is sendfile(), may not
 * go beyond it: Linux 6.1 closes the full record, but does not let TCP send it before the promised
 * rest; that finds HTTP_UNSENT_BYTES unsent and has to wait, for ever. */
size_t tls_kernel_room(struct tls_state *t, bool stays_open);

/* What came of the call: how much was asked and taken, and whether the record is open still. */
void tls_kernel_has_taken(struct tls_state *t, size_t n_asked, size_t n_taken, bool stays_open);

/* Sends close_notify as far as the socket takes it. Returns whether that was all there was to do:
 * false when it shall be called again once the socket is writable. */
bool tls_say_goodbye(struct tls_state *t);

#endif
