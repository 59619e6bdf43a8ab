// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/socket/tls.h"

#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "common/cleanup.h"
#include "common/err.h"
#include "server/http/loop/loop_core.h"
#include "server/http/socket/socket_state.h"
#include "server/http/socket/tls_bio.h"
#include "server/http/socket/tls_tickets.h"

/* A record can be used only when all of it has come: 16 KiB are two seconds of a 64 kbit/s link. So
 * the first records after a pause fit one packet each, as long as the congestion window has not
 * opened; then a few; then full ones, which cost least. */
enum {
    BURST_PAUSE_MS = 1000,
    FIRST_RECORD_BYTES = 1370,
    FIRST_BURST_BYTES = 16 * 1024,
    SECOND_RECORD_BYTES = 4096,
    SECOND_BURST_BYTES = 64 * 1024,
    FULL_RECORD_BYTES = 16 * 1024,
};

/* What is encrypted at once. As long as the socket takes all of it, more saves system calls; what
 * it does not take costs a slow reader's connection memory. */
enum { MIN_GATHER_BYTES = 16 * 1024, MAX_GATHER_BYTES = 32 * 1024 };

struct tls_context {
    SSL_CTX *ssl;
    bool may_use_kernel;
    _Atomic unsigned n_references;
};

DEFINE_CLEANUP(tls_context_unref, struct tls_context *)

/* The server's order. */
static int choose_protocol(SSL *ssl, const unsigned char **ret_name, unsigned char *ret_length,
                           const unsigned char *offered, unsigned offered_length, void *arg)
{
    static const unsigned char OURS[] = "\x02h2\x08http/1.1";
    unsigned char *name = NULL;

    (void)ssl;
    (void)arg;
    if (SSL_select_next_proto(&name, ret_length, OURS, sizeof OURS - 1, offered, offered_length) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_NOACK;
    *ret_name = name;
    return SSL_TLSEXT_ERR_OK;
}

static bool configure(SSL_CTX *ssl, const struct tls_config *config)
{
    static const unsigned char SESSION_ID_CONTEXT[] = "banmai";

    SSL_CTX_set_options(ssl, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    if (config->may_use_kernel)
        SSL_CTX_set_options(ssl, SSL_OP_ENABLE_KTLS);
    SSL_CTX_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(ssl, 1); /* record header and body in one read */
    (void)SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF); /* tickets do it */
    SSL_CTX_set_alpn_select_cb(ssl, choose_protocol, NULL);
    (void)SSL_CTX_set_num_tickets(ssl, 1);
    tls_tickets_install(config->tickets, ssl);
    return SSL_CTX_set_min_proto_version(ssl, TLS1_2_VERSION) &&
           SSL_CTX_set_cipher_list(ssl, "ECDHE+AESGCM:ECDHE+CHACHA20") &&
           SSL_CTX_set1_groups_list(ssl, "X25519:P-256") &&
           SSL_CTX_set_session_id_context(ssl, SESSION_ID_CONTEXT, sizeof SESSION_ID_CONTEXT - 1);
}

static const char *load(SSL_CTX *ssl, const char *certificate, const char *key)
{
    if (SSL_CTX_use_certificate_chain_file(ssl, certificate) != 1)
        return "the TLS certificate cannot be read: it must be a PEM file";
    if (SSL_CTX_use_PrivateKey_file(ssl, key, SSL_FILETYPE_PEM) != 1)
        return "the TLS key cannot be read: it must be a PEM file that fits the certificate";
    if (SSL_CTX_check_private_key(ssl) != 1)
        return "the TLS key does not fit the certificate";
    return NULL;
}

int tls_context_new(const struct tls_config *config, struct tls_context **ret_context,
                    const char **ret_message)
{
    CLEANUP(tls_context_unref) struct tls_context *context = calloc(1, sizeof *context);

    if (!context)
        return ERR_NO_MEMORY;
    atomic_init(&context->n_references, 1);
    context->may_use_kernel = config->may_use_kernel;
    context->ssl = SSL_CTX_new(TLS_server_method());
    if (!context->ssl || !configure(context->ssl, config))
        return ERR_NO_MEMORY;
    const char *message = load(context->ssl, config->certificate, config->key);
    ERR_clear_error();
    if (message) {
        *ret_message = message;
        return ERR_INVALID;
    }
    *ret_context = context;
    context = NULL;
    return 0;
}

int64_t tls_context_expires_s(const struct tls_context *context)
{
    const X509 *certificate = SSL_CTX_get0_certificate(context->ssl);
    struct tm end;

    if (!certificate || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1)
        return -1;
    return timegm(&end);
}

static struct tls_context *tls_context_ref(struct tls_context *context)
{
    (void)atomic_fetch_add(&context->n_references, 1);
    return context;
}

void tls_context_unref(struct tls_context *context)
{
    if (!context || atomic_fetch_sub(&context->n_references, 1) > 1)
        return;
    SSL_CTX_free(context->ssl);
    free(context);
}

/* ---- A loop's ---- */

int tls_set_context(struct http_loop *loop, struct tls_context *context)
{
    if (!loop->gather)
        loop->gather = malloc(LOOP_GATHER_BYTES);
    if (!loop->gather)
        return ERR_NO_MEMORY;
    tls_context_unref(loop->tls);
    loop->tls = tls_context_ref(context);
    return 0;
}

void tls_clear_context(struct http_loop *loop)
{
    tls_context_unref(loop->tls);
    free(loop->gather);
}

/* ---- One connection ---- */

int tls_attach(struct tls_state *t, struct http_loop *loop, struct socket_state *socket)
{
    const struct tls_context *context = loop->tls;
    SSL *ssl = SSL_new(context->ssl);

    if (!ssl)
        return ERR_NO_MEMORY;
    SSL_set_accept_state(ssl);
    *t = (struct tls_state){.ssl = ssl,
                            .loop = loop,
                            .socket = socket,
                            .gather_bytes = MIN_GATHER_BYTES};
    return tls_bio_attach(t, context->may_use_kernel);
}

void tls_detach(struct tls_state *t)
{
    SSL_free(t->ssl);
    t->ssl = NULL;
    buf_clear(&t->unsent);
}

bool tls_has_chosen_h2(const struct tls_state *t)
{
    const unsigned char *name = NULL;
    unsigned length = 0;

    SSL_get0_alpn_selected(t->ssl, &name, &length);
    return slice_is(slice_of((const char *)name, length), "h2");
}

bool tls_is_resumed(const struct tls_state *t)
{
    return SSL_session_reused(t->ssl);
}

/* What a call that did not succeed needs before it can. */
static int after_failure(struct tls_state *t, int result)
{
    switch (SSL_get_error(t->ssl, result)) {
    case SSL_ERROR_WANT_READ:
        t->socket->is_readable = false;
        return ERR_AGAIN;
    case SSL_ERROR_WANT_WRITE:
        t->socket->is_writable = false;
        return ERR_AGAIN;
    default:
        ERR_clear_error();
        return ERR_IO;
    }
}

int tls_shake_hands(struct tls_state *t)
{
    ERR_clear_error();
    const int result = SSL_do_handshake(t->ssl);
    const int err = result == 1 ? 0 : after_failure(t, result);
    const int sent = tls_bio_flush(t); /* the flight, or the alert that says what was wrong */
    t->is_encrypted_by_kernel = tls_bio_kernel_has_key(t);
    if (err == ERR_IO || sent == 0 || sent == ERR_AGAIN)
        return err;
    return ERR_IO;
}

ssize_t tls_read(struct tls_state *t, char *to, size_t size)
{
    size_t n = 0;

    ERR_clear_error();
    const int result = SSL_read_ex(t->ssl, to, size, &n);
    if (t->loop->n_gathered > 0) /* new keys, an alert */
        (void)tls_bio_flush(t);
    if (t->is_encrypted_by_kernel && SSL_get_key_update_type(t->ssl) != SSL_KEY_UPDATE_NONE) {
        /* The peer wants our next key used from now on, which OpenSSL cannot give to the kernel. */
        (void)tls_say_goodbye(t);
        return ERR_IO;
    }
    if (result == 1)
        return (ssize_t)n;
    if (SSL_get_error(t->ssl, result) == SSL_ERROR_ZERO_RETURN)
        return 0;
    return after_failure(t, result);
}

size_t tls_gather_bytes(const struct tls_state *t)
{
    return t->gather_bytes;
}

static void note_write(struct tls_state *t)
{
    if (t->loop->now_ms - t->write_ms > BURST_PAUSE_MS)
        t->burst_bytes = 0;
    t->write_ms = t->loop->now_ms;
}

static size_t record_bytes(const struct tls_state *t)
{
    if (t->burst_bytes < FIRST_BURST_BYTES)
        return FIRST_RECORD_BYTES;
    return t->burst_bytes < SECOND_BURST_BYTES ? SECOND_RECORD_BYTES : MAX_GATHER_BYTES;
}

/* Into records, small ones first; OpenSSL cuts what is longer than a full one. */
static int encrypt(struct tls_state *t, const char *from, size_t size)
{
    size_t n = 0;

    while (size > 0) {
        const size_t wanted = record_bytes(t);
        const size_t length = size < wanted ? size : wanted;
        ERR_clear_error();
        const int result = SSL_write_ex(t->ssl, from, length, &n);
        if (result != 1)
            return after_failure(t, result);
        if (t->burst_bytes < SECOND_BURST_BYTES)
            t->burst_bytes += (uint32_t)n;
        from += n;
        size -= n;
    }
    return 0;
}

/* A socket that takes all will get more at once, one that does not, less. */
static void note_taken(struct tls_state *t, bool has_taken_all)
{
    if (!has_taken_all)
        t->gather_bytes = MIN_GATHER_BYTES;
    else if (t->gather_bytes < MAX_GATHER_BYTES)
        t->gather_bytes *= 2;
}

/* There is no gathering: what is short costs a system call. So only the first packet and what comes
 * within the first burst are. */
static size_t kernel_record_bytes(const struct tls_state *t)
{
    if (t->burst_bytes < FIRST_RECORD_BYTES / 2)
        return FIRST_RECORD_BYTES - t->burst_bytes; /* behind a head that was just written */
    return t->burst_bytes < FIRST_BURST_BYTES ? SECOND_RECORD_BYTES : FULL_RECORD_BYTES;
}

size_t tls_kernel_room(struct tls_state *t, bool stays_open)
{
    note_write(t);
    const size_t record = kernel_record_bytes(t);
    const size_t left = FULL_RECORD_BYTES - t->open_bytes;
    if (stays_open)
        return record < left ? record : left;
    return record < FULL_RECORD_BYTES ? record : SIZE_MAX;
}

void tls_kernel_has_taken(struct tls_state *t, size_t n_asked, size_t n_taken, bool stays_open)
{
    if (t->burst_bytes < SECOND_BURST_BYTES)
        t->burst_bytes += (uint32_t)n_taken;
    if (n_asked >= t->gather_bytes)
        note_taken(t, n_taken == n_asked);
    t->open_bytes = stays_open ? t->open_bytes + (uint32_t)n_taken : 0;
    if (t->open_bytes >= FULL_RECORD_BYTES)
        t->open_bytes = 0;
}

ssize_t tls_write(struct tls_state *t, const char *from, size_t size)
{
    const size_t length = size < t->gather_bytes ? size : t->gather_bytes;

    note_write(t);
    if (t->unsent.length > 0 && tls_bio_flush(t) != 0)
        return t->socket->is_writable ? ERR_IO : ERR_AGAIN;
    int err = encrypt(t, from, length);
    const int sent = tls_bio_flush(t);
    if (err == 0 && sent != 0 && sent != ERR_AGAIN)
        err = ERR_IO;
    if (err == 0 && length == t->gather_bytes)
        note_taken(t, sent == 0);
    return err < 0 ? err : (ssize_t)length;
}

int tls_send_rest(struct tls_state *t)
{
    const int err = tls_bio_flush(t);

    return err == 0 || err == ERR_AGAIN ? err : ERR_IO;
}

bool tls_say_goodbye(struct tls_state *t)
{
    const int all = INT_MAX;

    /* Records that the kernel has made and the socket has not taken would be lost by a close: they
     * get room now. */
    if (t->is_encrypted_by_kernel)
        (void)setsockopt(t->socket->fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &all, sizeof all);
    ERR_clear_error();
    const int result = SSL_shutdown(t->ssl);
    const bool is_done = result >= 0 || SSL_get_error(t->ssl, result) != SSL_ERROR_WANT_WRITE;
    ERR_clear_error();
    (void)tls_bio_flush(t);
    return is_done || !t->is_encrypted_by_kernel;
}
