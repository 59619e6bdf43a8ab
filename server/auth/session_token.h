// SPDX-License-Identifier: GPL-3.0-or-later
/* session_token.h - what a browser holds: 256 random bits in a cookie, of a session while it is
 * signed in, and of the device from its first sign-in on. The database holds only their SHA-256, so
 * a stolen backup opens no session. */
#ifndef SERVER_AUTH_SESSION_TOKEN_H
#define SERVER_AUTH_SESSION_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "common/digest.h"
#include "common/slice.h"

enum {
    SESSION_TOKEN_BYTES = 32,
    SESSION_TOKEN_SIZE = 44, /* base64url text with its terminator */
    SESSION_COOKIE_SIZE = 160,
};

#define SESSION_COOKIE_NAME "banmai_session"

/* Tells a device that has signed in from one that guesses (attempts.h); it opens nothing by itself.
 * Sent to the address of signing in alone. */
#define DEVICE_COOKIE_NAME "banmai_device"

/* A new token as text, and its hash for the database. */
void session_token_new(char text[SESSION_TOKEN_SIZE], uint8_t hash[SHA256_BYTES]);

/* The hash of a token that a client sent; ERR_INVALID for text that cannot be one. */
int session_token_hash(struct slice text, uint8_t hash[SHA256_BYTES]);

/* The value of a Set-Cookie field (RFC 6265): HttpOnly, SameSite=Lax, Secure when is_tls. An empty
 * token removes the cookie. */
void session_cookie_format(const char *token, uint64_t max_age_s, bool is_tls,
                           char cookie[SESSION_COOKIE_SIZE]);

/* The same for a device's token, which stays as long as browsers keep cookies: 400 days. */
void device_cookie_format(const char *token, bool is_tls, char cookie[SESSION_COOKIE_SIZE]);

#endif
