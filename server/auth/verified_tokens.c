// SPDX-License-Identifier: GPL-3.0-or-later
/* A table in which each token has one place, found by its last bytes: they are of the HMAC, so the
 * places of real tokens are as good as random. A newcomer takes the place of whom it meets there.
 */
#include "server/auth/verified_tokens.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/digest.h"
#include "common/err.h"
#include "common/id.h"
#include "server/auth/playback_token.h"

enum {
    N_PLACES = 4096, /* a power of two; 288 KiB */
    TOKEN_LENGTH = PLAYBACK_TOKEN_SIZE - 1,
};

#define DAY_MS INT64_C(86400000)

struct place {
    int64_t day; /* since 1970, on which it is good; 0: empty */
    char token[TOKEN_LENGTH];
    char package[ID_LENGTH];
};

struct verified_tokens {
    const struct playback_key *key;
    struct place places[N_PLACES];
};

int verified_tokens_new(const struct playback_key *key, struct verified_tokens **ret_tokens)
{
    struct verified_tokens *tokens = calloc(1, sizeof *tokens);

    if (!tokens)
        return ERR_NO_MEMORY;
    tokens->key = key;
    *ret_tokens = tokens;
    return 0;
}

void verified_tokens_free(struct verified_tokens *tokens)
{
    if (!tokens)
        return;
    /* a token in freed memory would still open its package */
    explicit_bzero(tokens, sizeof *tokens);
    free(tokens);
}

static struct place *find_place(struct verified_tokens *tokens, struct slice token)
{
    uint64_t tail = 0;

    memcpy(&tail, token.data + token.length - sizeof tail, sizeof tail);
    tail *= 0x9e3779b97f4a7c15;
    return &tokens->places[tail >> 32 & (N_PLACES - 1)];
}

int verified_tokens_check(struct verified_tokens *tokens, struct slice token, struct slice package,
                          int64_t now_ms)
{
    if (token.length != TOKEN_LENGTH || package.length != ID_LENGTH)
        return playback_token_check(tokens->key, token, package, now_ms);
    struct place *place = find_place(tokens, token);
    const int64_t day = now_ms / DAY_MS;
    if (place->day == day && memcmp(place->package, package.data, ID_LENGTH) == 0 &&
        bytes_equal_constant_time(place->token, token.data, TOKEN_LENGTH))
        return 0;
    const int err = playback_token_check(tokens->key, token, package, now_ms);
    if (err == 0) {
        place->day = day;
        memcpy(place->token, token.data, TOKEN_LENGTH);
        memcpy(place->package, package.data, ID_LENGTH);
    }
    return err;
}
