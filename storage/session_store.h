// SPDX-License-Identifier: GPL-3.0-or-later
/* session_store.h - who is signed in. Only the SHA-256 of a session's token is stored, so that a
 * copy of the database signs nobody in. db.h says what all stores have in common. */
#ifndef STORAGE_SESSION_STORE_H
#define STORAGE_SESSION_STORE_H

#include <stdint.h>

#include "common/digest.h"
#include "storage/user_store.h"

struct db;

/* Returns 0, or ERR_EXISTS for a token that is there already, or ERR_CONFLICT for an unknown user.
 */
int session_store_add(struct db *db, const uint8_t token_sha256[SHA256_BYTES], const char *user_id,
                      int64_t now_ms, int64_t expires_at_ms);

/* Returns 0, the user and when the session ends; or ERR_NOT_FOUND, also when it has ended. */
int session_store_find(struct db *db, const uint8_t token_sha256[SHA256_BYTES], int64_t now_ms,
                       struct user *ret_user, int64_t *ret_expires_at_ms);

/* Fine when there is none. */
int session_store_delete(struct db *db, const uint8_t token_sha256[SHA256_BYTES]);

/* Deletes sessions that have ended, at most 1,000 in one transaction, and stores how many. */
int session_store_delete_expired(struct db *db, int64_t now_ms, int64_t *ret_n);

#endif
