// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/socket/tls_bio.h"

#include <errno.h>
#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "common/err.h"
#include "server/http/loop/loop_core.h"
#include "server/http/socket/socket_state.h"
#include "server/http/socket/tls_state.h"

/* A peer that makes OpenSSL write (new keys, alerts) and does not read has to wait behind this. */
enum { MAX_UNSENT_BYTES = 256 * 1024 };

/* ---- What OpenSSL calls ---- */

static bool kernel_has_key(BIO *bio)
{
    BIO *socket = BIO_next(bio);

    return socket && BIO_get_ktls_send(socket);
}

static int bio_write(BIO *bio, const char *from, int size)
{
    struct tls_state *t = BIO_get_data(bio);
    struct http_loop *loop = t->loop;

    BIO_clear_retry_flags(bio);
    if (kernel_has_key(bio)) {
        const int n = BIO_write(BIO_next(bio), from, size);
        BIO_copy_next_retry(bio);
        return n;
    }
    if ((size_t)size > LOOP_GATHER_BYTES - loop->n_gathered ||
        t->unsent.length > MAX_UNSENT_BYTES) {
        BIO_set_retry_write(bio);
        return -1;
    }
    memcpy(loop->gather + loop->n_gathered, from, (size_t)size);
    loop->n_gathered += (size_t)size;
    return size;
}

static int bio_read(BIO *bio, char *to, int size)
{
    struct tls_state *t = BIO_get_data(bio);
    ssize_t n = 0;

    BIO_clear_retry_flags(bio);
    if (t->socket->is_drained) {
        BIO_set_retry_read(bio);
        return -1;
    }
    do
        n = recv(t->socket->fd, to, (size_t)size, 0);
    while (n < 0 && errno == EINTR);
    if (n < 0 && errno == EAGAIN)
        BIO_set_retry_read(bio);
    /* As plain_read() in connection.c: a short read has emptied the socket. */
    t->socket->is_drained = n < 0 || (n < size && !t->socket->is_half_closed);
    return (int)n;
}

static long bio_control(BIO *bio, int command, long number, void *pointer)
{
    BIO *socket = BIO_next(bio);

    if (command == BIO_CTRL_FLUSH)
        return 1;
    if (command == BIO_CTRL_GET_KTLS_SEND)
        return kernel_has_key(bio);
    /* Of the rest only keys for the kernel, and what goes with them, mean something to the socket.
     * All that was encrypted without the kernel has to be in it before. */
    if (!socket || tls_bio_flush(BIO_get_data(bio)) != 0)
        return 0;
    return BIO_ctrl(socket, command, number, pointer);
}

static BIO_METHOD *method;

static void make_method(void)
{
    method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "connection");
    if (!method)
        return;
    (void)BIO_meth_set_write(method, bio_write);
    (void)BIO_meth_set_read(method, bio_read);
    (void)BIO_meth_set_ctrl(method, bio_control);
}

static BIO *new_bio(struct tls_state *t)
{
    BIO *bio = method ? BIO_new(method) : NULL;

    if (!bio)
        return NULL;
    BIO_set_data(bio, t);
    BIO_set_init(bio, 1);
    return bio;
}

/* For writing, with the way to the kernel behind it. */
static BIO *new_bio_with_socket(struct tls_state *t)
{
    BIO *bio = new_bio(t);
    BIO *socket =
        bio ? BIO_new_socket(t->socket->fd, BIO_NOCLOSE) : NULL; /* readies it for a key */

    if (!socket) {
        BIO_free(bio);
        return NULL;
    }
    return BIO_push(bio, socket);
}

int tls_bio_attach(struct tls_state *t, bool may_use_kernel)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    (void)pthread_once(&once, make_method);
    BIO *reader = new_bio(t);
    if (!reader)
        return ERR_NO_MEMORY;
    BIO *writer = may_use_kernel ? new_bio_with_socket(t) : reader;
    if (!writer) {
        BIO_free(reader);
        return ERR_NO_MEMORY;
    }
    SSL_set_bio(t->ssl, reader, writer);
    t->unsent = buf_with_limit(MAX_UNSENT_BYTES + LOOP_GATHER_BYTES);
    return 0;
}

bool tls_bio_kernel_has_key(const struct tls_state *t)
{
    return kernel_has_key(SSL_get_wbio(t->ssl));
}

/* ---- To the socket ---- */

/* As much as the socket takes. */
static int send_some(struct tls_state *t, const char *from, size_t length, size_t *ret_sent)
{
    size_t sent = 0;

    while (sent < length) {
        const ssize_t n = send(t->socket->fd, from + sent, length - sent, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno != EAGAIN)
            return ERR_IO;
        if (n < 0)
            break;
        sent += (size_t)n;
        t->socket->has_sent = true;
    }
    if (sent < length)
        t->socket->is_writable = false;
    *ret_sent = sent;
    return 0;
}

/* What waits longest goes first. */
static int flush_unsent(struct tls_state *t)
{
    size_t sent = 0;

    if (t->unsent.length == 0)
        return 0;
    const int err = send_some(t, t->unsent.data, t->unsent.length, &sent);
    if (err < 0)
        return err;
    buf_consume(&t->unsent, sent);
    if (t->unsent.length == 0)
        buf_clear(&t->unsent);
    return 0;
}

int tls_bio_flush(struct tls_state *t)
{
    struct http_loop *loop = t->loop;
    const size_t length = loop->n_gathered;
    size_t sent = 0;

    loop->n_gathered = 0;    /* also when it fails: it is nobody else's */
    int err = t->unsent.err; /* records were lost: what follows cannot be understood */
    if (err == 0)
        err = flush_unsent(t);
    if (err == 0 && t->unsent.length == 0 && length > 0)
        err = send_some(t, loop->gather, length, &sent);
    if (err < 0)
        return err;
    if (sent < length)
        buf_append(&t->unsent, loop->gather + sent, length - sent);
    if (t->unsent.err)
        return ERR_NO_MEMORY;
    return t->unsent.length > 0 ? ERR_AGAIN : 0;
}
