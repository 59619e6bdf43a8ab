// SPDX-License-Identifier: GPL-3.0-or-later
/* device_store.h - which devices have signed in to which accounts. Only the SHA-256 of a device's
 * token is stored. One device may be of several accounts: a village shares a phone. Changing an
 * account's password forgets its devices (user_store.h). db.h says what all stores have in common.
 */
#ifndef SERVER_AUTH_DEVICE_STORE_H
#define SERVER_AUTH_DEVICE_STORE_H

#include <stdint.h>

#include "common/digest.h"

struct db;

enum { DEVICES_PER_USER = 32 }; /* the one that has not signed in for longest makes room */

/* Returns 0 when the device has signed in to the account, else ERR_NOT_FOUND. Takes as long for a
 * user_id that nobody has. */
int device_store_find(struct db *db, const char *user_id,
                      const uint8_t device_sha256[SHA256_BYTES]);

/* The same for any account: whether the token is one that we gave away. */
int device_store_find_any(struct db *db, const uint8_t device_sha256[SHA256_BYTES]);

/* Notes that it has just signed in. ERR_CONFLICT for an unknown user. */
int device_store_note(struct db *db, const char *user_id, const uint8_t device_sha256[SHA256_BYTES],
                      int64_t now_ms);

#endif
