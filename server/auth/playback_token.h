// SPDX-License-Identifier: GPL-3.0-or-later
/* playback_token.h - the right to fetch one package, as the first part of a playback URL:
 *
 *     /v/{token}/{package}/v240/12.m4s
 *
 * Relative URLs in playlists inherit it. It is an HMAC over the package, the viewer and the day it
 * ends, so checking needs no database. A public lecture's token is the same for everybody on a day,
 * so that caches share its URLs; it is good until the end of the next day. Pure. */
#ifndef SERVER_AUTH_PLAYBACK_TOKEN_H
#define SERVER_AUTH_PLAYBACK_TOKEN_H

#include <stdint.h>

#include "common/slice.h"

enum {
    PLAYBACK_KEY_BYTES = 32,
    PLAYBACK_TOKEN_SIZE = 33, /* text with its terminator */
};

struct playback_key {
    uint8_t bytes[PLAYBACK_KEY_BYTES]; /* secret; the same on every stream host */
};

/* The token for everybody for this package on the day of now_ms (UTC). */
void playback_token_make(const struct playback_key *key, const char *package, int64_t now_ms,
                         char token[PLAYBACK_TOKEN_SIZE]);

/* Returns 0, ERR_DENIED for a token that is not ours or is for another package, ERR_TIMEOUT for one
 * that is over. Takes the same time whatever is wrong with the bytes. */
int playback_token_check(const struct playback_key *key, struct slice token, struct slice package,
                         int64_t now_ms);

#endif
