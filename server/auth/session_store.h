// SPDX-License-Identifier: GPL-3.0-or-later
/* session_store.h - who is signed in. Only the SHA-256 of a session's token is stored, so that a
 * copy of the database signs nobody in. db.h says what all stores have in common. */
#ifndef SERVER_AUTH_SESSION_STORE_H
#define SERVER_AUTH_SESSION_STORE_H

#include <stdint.h>

#include "common/digest.h"
#include "server/auth/user_store.h"

struct db;

/* What signing in leaves behind; all pointers are borrowed. */
struct sign_in {
    const char *user_id;
    const char *password_hash;    /* that the password was found to be of */
    const char *new_hash;         /* of the same password, to replace it; NULL: none */
    const uint8_t *token_sha256;  /* SHA256_BYTES: of the new session */
    const uint8_t *device_sha256; /* SHA256_BYTES */
    const uint8_t *old_sha256;    /* of the session that it replaces; NULL: none */
    int64_t now_ms;
    int64_t expires_at_ms;
};

enum {
    SESSIONS_PER_USER = 200
}; /* a person has few devices, a shared account many; the oldest
    * makes room */

/* Starts the session, ends the one before it, notes the device. Returns 0, ERR_CONFLICT when the
 * account is gone or has another password by now, ERR_EXISTS for a token that is there already. */
int session_store_sign_in(struct db *db, const struct sign_in *sign_in);

/* A session and nothing else. Returns 0, or ERR_EXISTS for a token that is there already, or
 * ERR_CONFLICT for an unknown user. */
int session_store_add(struct db *db, const uint8_t token_sha256[SHA256_BYTES], const char *user_id,
                      int64_t now_ms, int64_t expires_at_ms);

/* Returns 0, the user and when the session ends; or ERR_NOT_FOUND, also when it has ended. */
int session_store_find(struct db *db, const uint8_t token_sha256[SHA256_BYTES], int64_t now_ms,
                       struct user *ret_user, int64_t *ret_expires_at_ms);

/* Fine when there is none. */
int session_store_delete(struct db *db, const uint8_t token_sha256[SHA256_BYTES]);

/* Deletes sessions that had ended at before_ms, at most 1,000 in one transaction, and stores how
 * many. */
int session_store_delete_expired(struct db *db, int64_t before_ms, int64_t *ret_n);

#endif
