// SPDX-License-Identifier: GPL-3.0-or-later
/* Tokens: nothing but the one that was made is accepted. The input is a token; or, when it starts
 * with "~", changes to a good one: pairs of a place and a byte. */
#include "common/err.h"
#include "server/auth/playback_token.h"
#include "server/auth/session_token.h"
#include "tests/fuzz/fuzz.h"

static const char PACKAGE[] = "00000000000070008000000000000001";

#define NOW_MS INT64_C(1790000000000)

static void check_playback(struct slice token)
{
    const struct playback_key key = {{1, 2, 3}};
    char good[PLAYBACK_TOKEN_SIZE];

    playback_token_make(&key, PACKAGE, NOW_MS, good);
    const int err = playback_token_check(&key, token, slice_from(PACKAGE), NOW_MS);
    MUST((err == 0) == slice_is(token, good));
    MUST(err == 0 || err == ERR_DENIED);
    MUST(playback_token_check(&key, slice_from(good), token, NOW_MS) == ERR_DENIED ||
         slice_is(token, PACKAGE));
}

static void change(struct slice changes)
{
    const struct playback_key key = {{1, 2, 3}};
    char token[PLAYBACK_TOKEN_SIZE];

    playback_token_make(&key, PACKAGE, NOW_MS, token);
    for (size_t i = 0; i + 1 < changes.length; i += 2)
        token[(unsigned char)changes.data[i] % (PLAYBACK_TOKEN_SIZE - 1)] = changes.data[i + 1];
    check_playback(slice_of(token, PLAYBACK_TOKEN_SIZE - 1));
}

/* One spelling for one session. */
static void check_session(struct slice text)
{
    uint8_t hash[SHA256_BYTES];
    uint8_t other[SHA256_BYTES];
    char *changed = fuzz_copy(text);

    if (session_token_hash(text, hash) == 0) {
        MUST(text.length == SESSION_TOKEN_SIZE - 1);
        for (size_t i = 0; i < text.length; i++) {
            changed[i] ^= 1;
            MUST(session_token_hash(slice_of(changed, text.length), other) < 0 ||
                 memcmp(hash, other, sizeof hash) != 0);
            changed[i] ^= 1;
        }
    }
    free(changed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct slice input = fuzz_slice(data, size);

    if (size > 0 && data[0] == '~')
        change(slice_skip(input, 1));
    check_playback(input);
    check_session(input);
    return 0;
}
