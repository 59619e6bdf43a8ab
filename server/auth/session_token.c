// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/auth/session_token.h"

#include <inttypes.h>
#include <stdio.h>

#include "common/encode.h"
#include "common/err.h"
#include "common/id.h"

_Static_assert(SESSION_TOKEN_SIZE >= BASE64_SIZE(SESSION_TOKEN_BYTES) - 1, "room for the text");

void session_token_new(char text[SESSION_TOKEN_SIZE], uint8_t hash[SHA256_BYTES])
{
    uint8_t token[SESSION_TOKEN_BYTES];

    random_bytes(token, sizeof token);
    encode_base64url(token, sizeof token, text);
    sha256(token, sizeof token, hash);
}

int session_token_hash(struct slice text, uint8_t hash[SHA256_BYTES])
{
    uint8_t token[SESSION_TOKEN_BYTES];
    size_t length = 0;

    if (decode_base64url(text, token, sizeof token, &length) || length != sizeof token)
        return ERR_INVALID;
    sha256(token, sizeof token, hash);
    return 0;
}

void session_cookie_format(const char *token, uint64_t max_age_s, bool is_tls,
                           char cookie[SESSION_COOKIE_SIZE])
{
    (void)snprintf(cookie, SESSION_COOKIE_SIZE,
                   SESSION_COOKIE_NAME "=%s; Path=/; Max-Age=%" PRIu64 "; HttpOnly; SameSite=Lax%s",
                   token, token[0] ? max_age_s : 0, is_tls ? "; Secure" : "");
}

void device_cookie_format(const char *token, bool is_tls, char cookie[SESSION_COOKIE_SIZE])
{
    (void)snprintf(cookie, SESSION_COOKIE_SIZE,
                   DEVICE_COOKIE_NAME
                   "=%s; Path=/api/v1/session; Max-Age=34560000; HttpOnly; SameSite=Lax%s",
                   token, is_tls ? "; Secure" : "");
}
