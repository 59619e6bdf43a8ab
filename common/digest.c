// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>

#include "common/err.h"

struct digest {
    EVP_MD_CTX *context; /* owned */
    const EVP_MD *kind;
};

/* libcrypto's digests fail only for want of memory or a broken installation: neither has a way on.
 */
static void must(int ok)
{
    if (ok != 1)
        abort();
}

int digest_new(enum digest_kind kind, struct digest **ret_digest)
{
    struct digest *d = calloc(1, sizeof *d);

    if (!d)
        return ERR_NO_MEMORY;
    d->kind = kind == DIGEST_SHA1 ? EVP_sha1() : EVP_sha256();
    d->context = EVP_MD_CTX_new();
    if (!d->context || EVP_DigestInit_ex(d->context, d->kind, NULL) != 1) {
        digest_free(d);
        return ERR_NO_MEMORY;
    }
    *ret_digest = d;
    return 0;
}

void digest_update(struct digest *d, const void *data, size_t length)
{
    must(EVP_DigestUpdate(d->context, data, length));
}

void digest_finish(struct digest *d, uint8_t value[DIGEST_MAX_BYTES])
{
    must(EVP_DigestFinal_ex(d->context, value, NULL));
    must(EVP_DigestInit_ex(d->context, d->kind, NULL));
}

void digest_free(struct digest *d)
{
    if (!d)
        return;
    EVP_MD_CTX_free(d->context);
    free(d);
}

void sha256(const void *data, size_t length, uint8_t value[SHA256_BYTES])
{
    must(EVP_Digest(data, length, value, NULL, EVP_sha256(), NULL));
}

void hmac_sha256(const void *key, size_t key_length, const void *data, size_t length,
                 uint8_t value[SHA256_BYTES])
{
    must(HMAC(EVP_sha256(), key, (int)key_length, data, length, value, NULL) != NULL);
}

bool bytes_equal_constant_time(const void *a, const void *b, size_t length)
{
    return CRYPTO_memcmp(a, b, length) == 0;
}
