// SPDX-License-Identifier: GPL-3.0-or-later
/* password.h - passwords as argon2id hashes in PHC form (RFC 9106).
 *
 * Each call takes tens of milliseconds and 19 MiB: on a small pool with a bounded queue only, never
 * on a loop, or a burst of logins would be a memory bomb. */
#ifndef SERVER_AUTH_PASSWORD_H
#define SERVER_AUTH_PASSWORD_H

#include <stdbool.h>

#include "common/slice.h"

enum {
    PASSWORD_MIN_BYTES = 8,
    PASSWORD_MAX_BYTES = 128,
    PASSWORD_PHC_SIZE = 128, /* of the PHC text with its terminator */
};

/* Whether a new password's length is acceptable. */
bool password_is_acceptable(struct slice password);

/* Returns 0, ERR_INVALID for a bad length, ERR_NO_MEMORY. */
int password_hash(struct slice password, char hash[PASSWORD_PHC_SIZE]);

/* Whether the password belongs to the hash. A NULL or foreign hash costs the same time and never
 * matches: an unknown login must not answer faster than a wrong password. */
bool password_verify(struct slice password, const char *hash);

#endif
