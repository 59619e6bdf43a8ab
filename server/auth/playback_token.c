// SPDX-License-Identifier: GPL-3.0-or-later
/* A token is 24 bytes in base64url: version (1), reserved zero (3), last day (4, big-endian days
 * since 1970), and the first 16 bytes of HMAC-SHA-256 over those 8 bytes and the package id. */
#include "server/auth/playback_token.h"

#include <stdlib.h>
#include <string.h>

#include "common/digest.h"
#include "common/encode.h"
#include "common/err.h"
#include "common/id.h"

enum { VERSION = 1, HEAD_BYTES = 8, MAC_BYTES = 16, TOKEN_BYTES = HEAD_BYTES + MAC_BYTES };

#define DAY_MS INT64_C(86400000)

_Static_assert(PLAYBACK_TOKEN_SIZE == BASE64_SIZE(TOKEN_BYTES), "24 bytes are 32 characters");

static void sign(const struct playback_key *key, const uint8_t head[HEAD_BYTES],
                 const char package[ID_LENGTH], uint8_t mac[SHA256_BYTES])
{
    uint8_t message[HEAD_BYTES + ID_LENGTH];

    memcpy(message, head, HEAD_BYTES);
    memcpy(message + HEAD_BYTES, package, ID_LENGTH);
    hmac_sha256(key->bytes, sizeof key->bytes, message, sizeof message, mac);
}

/* The first 32 bits of the package's id, which is random enough (common/id.h, or a hash). */
static int64_t change_day(const char *package)
{
    char head[9] = "";

    memcpy(head, package, sizeof head - 1);
    return (int64_t)(strtoul(head, NULL, 16) % PLAYBACK_TOKEN_DAYS);
}

/* The token changes every PLAYBACK_TOKEN_DAYS days, and is good for one more day. */
static uint32_t last_day_of(const char *package, int64_t now_ms)
{
    const int64_t day = now_ms / DAY_MS;

    return (uint32_t)(day - (day + change_day(package)) % PLAYBACK_TOKEN_DAYS +
                      PLAYBACK_TOKEN_DAYS);
}

static uint32_t read_last_day(const uint8_t bytes[HEAD_BYTES])
{
    uint32_t last_day = 0;

    for (int i = 0; i < 4; i++)
        last_day = last_day << 8 | bytes[4 + i];
    return last_day;
}

void playback_token_make(const struct playback_key *key, const char *package, int64_t now_ms,
                         char token[PLAYBACK_TOKEN_SIZE])
{
    const uint32_t last_day = last_day_of(package, now_ms);
    uint8_t bytes[HEAD_BYTES + SHA256_BYTES] = {VERSION};

    for (int i = 0; i < 4; i++)
        bytes[4 + i] = (uint8_t)(last_day >> (8 * (3 - i)));
    sign(key, bytes, package, bytes + HEAD_BYTES);
    encode_base64url(bytes, TOKEN_BYTES, token);
}

int playback_token_check(const struct playback_key *key, struct slice token, struct slice package,
                         int64_t now_ms)
{
    uint8_t bytes[TOKEN_BYTES];
    uint8_t mac[SHA256_BYTES];
    size_t length = 0;

    if (!id_is_valid(package) || decode_base64url(token, bytes, sizeof bytes, &length) ||
        length != sizeof bytes)
        return ERR_DENIED;
    sign(key, bytes, package.data, mac);
    if (!bytes_equal_constant_time(mac, bytes + HEAD_BYTES, MAC_BYTES))
        return ERR_DENIED;
    return now_ms / DAY_MS > read_last_day(bytes) ? ERR_TIMEOUT : 0;
}

int64_t playback_token_end_ms(struct slice token)
{
    uint8_t bytes[TOKEN_BYTES];
    size_t length = 0;

    if (decode_base64url(token, bytes, sizeof bytes, &length) || length != sizeof bytes)
        return 0;
    return ((int64_t)read_last_day(bytes) + 1) * DAY_MS;
}
