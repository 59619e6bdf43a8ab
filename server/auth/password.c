// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/auth/password.h"

#include <argon2.h>

#include "common/err.h"
#include "common/id.h"

/* OWASP's smallest recommended cost for argon2id: 19 MiB, two passes, one lane. */
enum { MEMORY_KIB = 19456, PASSES = 2, LANES = 1, SALT_BYTES = 16, HASH_BYTES = 32 };

/* A hash of nothing that anybody knows, with our cost. */
static const char NOBODY[] = "$argon2id$v=19$m=19456,t=2,p=1$YmFubWFpLW5vYm9keS1zYWx0$"
                             "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

bool password_is_acceptable(struct slice password)
{
    return password.length >= PASSWORD_MIN_BYTES && password.length <= PASSWORD_MAX_BYTES;
}

int password_hash(struct slice password, char hash[PASSWORD_PHC_SIZE])
{
    unsigned char salt[SALT_BYTES];

    if (!password_is_acceptable(password))
        return ERR_INVALID;
    random_bytes(salt, sizeof salt);
    const int result =
        argon2id_hash_encoded(PASSES, MEMORY_KIB, LANES, password.data, password.length, salt,
                              sizeof salt, HASH_BYTES, hash, PASSWORD_PHC_SIZE);
    return result == ARGON2_OK ? 0 : ERR_NO_MEMORY;
}

bool password_verify(struct slice password, const char *hash)
{
    const bool is_ours = hash && slice_starts_with(slice_from(hash), "$argon2id$");

    if (password.length > PASSWORD_MAX_BYTES)
        return false;
    const int result = argon2id_verify(is_ours ? hash : NOBODY, password.data, password.length);
    return is_ours && result == ARGON2_OK;
}
