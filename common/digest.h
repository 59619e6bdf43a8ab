// SPDX-License-Identifier: GPL-3.0-or-later
/* digest.h - SHA-256, SHA-1 (tus clients still send it) and HMAC-SHA-256, by libcrypto. */
#ifndef COMMON_DIGEST_H
#define COMMON_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"

enum { SHA256_BYTES = 32, SHA1_BYTES = 20, DIGEST_MAX_BYTES = 32 };

enum digest_kind { DIGEST_SHA256, DIGEST_SHA1 };

struct digest; /* opaque: a computation under way */

/* Returns 0 and a digest that digest_free() ends, or ERR_NO_MEMORY. */
int digest_new(enum digest_kind kind, struct digest **ret_digest);
void digest_update(struct digest *d, const void *data, size_t length);
/* Writes the value (SHA256_BYTES or SHA1_BYTES) and starts afresh. */
void digest_finish(struct digest *d, uint8_t value[DIGEST_MAX_BYTES]);
void digest_free(struct digest *d);
DEFINE_CLEANUP(digest_free, struct digest *)

void sha256(const void *data, size_t length, uint8_t value[SHA256_BYTES]);

void hmac_sha256(const void *key, size_t key_length, const void *data, size_t length,
                 uint8_t value[SHA256_BYTES]);

/* Compares in a time that depends on the length alone. */
bool bytes_equal_constant_time(const void *a, const void *b, size_t length);

#endif
