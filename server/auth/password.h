// SPDX-License-Identifier: GPL-3.0-or-later
/* password.h - passwords as argon2id hashes in PHC form (RFC 9106).
 *
 * One word has one form here, whatever a phone or a desktop types for "ậ": what is hashed is
 * Unicode's form C (UAX #15), and lengths are characters of it.
 *
 * Hashing takes tens of milliseconds and 19 MiB: on a small pool with a bounded queue only, never
 * on a loop, or a burst of logins would be a memory bomb. */
#ifndef SERVER_AUTH_PASSWORD_H
#define SERVER_AUTH_PASSWORD_H

#include <stdbool.h>

#include "common/slice.h"

enum {
    PASSWORD_MIN_CHARS = 8,
    PASSWORD_MAX_CHARS = 128,
    PASSWORD_TYPED_BYTES = 1024, /* as typed, at most: room for 128 characters in any form */
    PASSWORD_PHC_SIZE = 128,     /* of the PHC text with its terminator */
};

/* Why a text cannot become somebody's password, as a sentence in English; NULL when it can: 8 to
 * 128 characters of UTF-8 without control characters. */
const char *password_fault(struct slice typed);

/* Returns 0, ERR_INVALID for a text with a fault, ERR_NO_MEMORY. */
int password_hash(struct slice typed, char hash[PASSWORD_PHC_SIZE]);

enum password_match {
    PASSWORD_WRONG,
    PASSWORD_RIGHT,
    PASSWORD_RIGHT_AS_TYPED, /* the hash was made of another form than C: make a new one */
};

/* Whether the password belongs to the hash. A NULL or foreign hash costs the same time and never
 * matches: an unknown login must not answer faster than a wrong password. Text of more than
 * PASSWORD_TYPED_BYTES never matches, at once. */
enum password_match password_verify(struct slice typed, const char *hash);

#endif
