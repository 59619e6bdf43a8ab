// SPDX-License-Identifier: GPL-3.0-or-later
/* playback_token.h - the right to fetch one package, as the first part of a playback URL:
 *
 *     /v/{token}/{package}/v240/12.m4s
 *
 * Relative URLs in playlists inherit it. It is an HMAC over the package and the day on which it
 * ends, so checking needs no database. The token of a public lecture is the same for everybody for
 * 14 days, so that caches share its URLs. The day on which it changes differs from package to
 * package, so that caches never empty all at once. It is good for one day longer, so that nobody is
 * cut off in the middle of a lecture. Pure. */
#ifndef SERVER_AUTH_PLAYBACK_TOKEN_H
#define SERVER_AUTH_PLAYBACK_TOKEN_H

#include <stdint.h>

#include "common/slice.h"

enum {
    PLAYBACK_KEY_BYTES = 32,
    PLAYBACK_TOKEN_SIZE = 33, /* text with its terminator */
    PLAYBACK_TOKEN_DAYS = 14,
};

struct playback_key {
    uint8_t bytes[PLAYBACK_KEY_BYTES]; /* secret; the same on every stream host */
};

/* The token for everybody for this package (a valid id) on the day of now_ms (UTC). */
void playback_token_make(const struct playback_key *key, const char *package, int64_t now_ms,
                         char token[PLAYBACK_TOKEN_SIZE]);

/* Returns 0, ERR_DENIED for a token that is not ours or is for another package, ERR_TIMEOUT for one
 * that is over. Takes the same time whatever is wrong with the bytes. */
int playback_token_check(const struct playback_key *key, struct slice token, struct slice package,
                         int64_t now_ms);

/* When a token that was found good ends, in wall milliseconds; 0 for what is no token. */
int64_t playback_token_end_ms(struct slice token);

#endif
