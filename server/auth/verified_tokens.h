// SPDX-License-Identifier: GPL-3.0-or-later
/* verified_tokens.h - playback tokens that were found good, so that the next request of the same
 * player needs no HMAC. One per loop, of fixed size.
 *
 * Exact: a token that is good at some moment of a day (UTC) is good all that day
 * (playback_token.h), so what is remembered is the day. */
#ifndef SERVER_AUTH_VERIFIED_TOKENS_H
#define SERVER_AUTH_VERIFIED_TOKENS_H

#include <stdint.h>

#include "common/slice.h"

struct playback_key;
struct verified_tokens; /* opaque */

/* Borrows the key. Returns 0 or ERR_NO_MEMORY. */
int verified_tokens_new(const struct playback_key *key, struct verified_tokens **ret_tokens);
void verified_tokens_free(struct verified_tokens *tokens);

/* As playback_token_check(), with the same results. A guess that is nearly right takes as long as
 * any other. */
int verified_tokens_check(struct verified_tokens *tokens, struct slice token, struct slice package,
                          int64_t now_ms);

#endif
