// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/socket/tls_tickets.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/id.h"

enum {
    N_KEYS = 3, /* the newest issues, all open */
    NAME_BYTES = 16,
    KEY_BYTES = 32,
    TICKET_LIFE_S = 24 * 3600,
    ROTATION_MS = TICKET_LIFE_S / 2 * 1000,
};

struct ticket_key {
    unsigned char name[NAME_BYTES];
    unsigned char encryption[KEY_BYTES];
    unsigned char authentication[KEY_BYTES];
};

struct tls_tickets {
    EVP_CIPHER *cipher;             /* owned; to look it up for each ticket costs microseconds */
    pthread_mutex_t lock;           /* guards the rest */
    struct ticket_key keys[N_KEYS]; /* newest first */
    int64_t made_ms;                /* when keys[0] was made */
};

static void rotate(struct tls_tickets *tickets, int64_t now_ms)
{
    memmove(&tickets->keys[1], &tickets->keys[0], (N_KEYS - 1) * sizeof tickets->keys[0]);
    random_bytes(&tickets->keys[0], sizeof tickets->keys[0]);
    tickets->made_ms = now_ms;
}

int tls_tickets_new(struct tls_tickets **ret_tickets)
{
    struct tls_tickets *tickets = calloc(1, sizeof *tickets);

    if (!tickets)
        return ERR_NO_MEMORY;
    tickets->cipher = EVP_CIPHER_fetch(NULL, "AES-256-CBC", NULL);
    if (!tickets->cipher) {
        free(tickets);
        return ERR_NO_MEMORY;
    }
    (void)pthread_mutex_init(&tickets->lock, NULL);
    for (int i = 0; i < N_KEYS; i++)
        rotate(tickets, clock_monotonic_ms());
    *ret_tickets = tickets;
    return 0;
}

void tls_tickets_free(struct tls_tickets *tickets)
{
    if (!tickets)
        return;
    (void)pthread_mutex_destroy(&tickets->lock);
    EVP_CIPHER_free(tickets->cipher);
    OPENSSL_cleanse(tickets->keys, sizeof tickets->keys);
    free(tickets);
}

/* The key with that name, or the newest when name is NULL; -1 when there is none. */
static int find_key(struct tls_tickets *tickets, const unsigned char *name,
                    struct ticket_key *ret_key)
{
    const int64_t now_ms = clock_monotonic_ms();
    int found = name ? -1 : 0;

    (void)pthread_mutex_lock(&tickets->lock);
    if (now_ms - tickets->made_ms >= ROTATION_MS)
        rotate(tickets, now_ms);
    for (int i = 0; i < N_KEYS && found < 0; i++) {
        if (memcmp(tickets->keys[i].name, name, NAME_BYTES) == 0)
            found = i;
    }
    if (found >= 0)
        *ret_key = tickets->keys[found];
    (void)pthread_mutex_unlock(&tickets->lock);
    return found;
}

static bool set_mac_key(EVP_MAC_CTX *mac, struct ticket_key *key)
{
    char digest[] = "SHA256";
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key->authentication, KEY_BYTES),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end(),
    };

    return EVP_MAC_CTX_set_params(mac, params) == 1;
}

/* What OpenSSL asks for each ticket: 0 no ticket, 1 here is the key, 2 the same and please renew,
 * -1 an error. Clients use a ticket of TLS 1.3 once (RFC 8446 §C.4): it has to be renewed each
 * time. */
static int on_ticket(SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher,
                     EVP_MAC_CTX *mac, int is_new)
{
    struct tls_tickets *tickets = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    struct ticket_key key;
    int result = -1;

    const int place = find_key(tickets, is_new ? NULL : name, &key);
    if (place < 0)
        return 0;
    if (is_new) {
        memcpy(name, key.name, NAME_BYTES);
        random_bytes(iv, (size_t)EVP_CIPHER_get_iv_length(tickets->cipher));
        if (EVP_EncryptInit_ex2(cipher, tickets->cipher, key.encryption, iv, NULL) == 1 &&
            set_mac_key(mac, &key))
            result = 1;
    } else if (EVP_DecryptInit_ex2(cipher, tickets->cipher, key.encryption, iv, NULL) == 1 &&
               set_mac_key(mac, &key)) {
        result = place == 0 && SSL_version(ssl) < TLS1_3_VERSION ? 1 : 2;
    }
    OPENSSL_cleanse(&key, sizeof key);
    return result;
}

void tls_tickets_install(struct tls_tickets *tickets, SSL_CTX *ssl)
{
    (void)SSL_CTX_set_app_data(ssl, tickets);
    (void)SSL_CTX_set_tlsext_ticket_key_evp_cb(ssl, on_ticket);
    (void)SSL_CTX_set_timeout(ssl, TICKET_LIFE_S);
}
