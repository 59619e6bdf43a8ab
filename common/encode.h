// SPDX-License-Identifier: GPL-3.0-or-later
/* encode.h - bytes as text: hexadecimal and Base64 (RFC 4648). Pure. */
#ifndef COMMON_ENCODE_H
#define COMMON_ENCODE_H

#include <stddef.h>
#include <stdint.h>

#include "common/slice.h"

/* Lower-case hex; text has room for 2 * length + 1 bytes and is terminated. */
void encode_hex(const void *data, size_t length, char *text);

/* Exactly 2 * size hex digits of either case. Returns 0 or ERR_INVALID. */
int decode_hex(struct slice text, void *data, size_t size);

/* Bytes that the Base64 text of `length` bytes needs, the terminator included. */
#define BASE64_SIZE(length) (((length) + 2) / 3 * 4 + 1)

/* URL-safe alphabet without padding (RFC 4648 §5); text has room for BASE64_SIZE(length). */
void encode_base64url(const void *data, size_t length, char *text);

/* The standard alphabet with padding (RFC 4648 §4), as tus metadata and checksums use it. */
void encode_base64(const void *data, size_t length, char *text);

/* Strict: canonical form only, unused bits zero.
 * Writes at most `size` bytes and stores their number.
 * Returns 0, ERR_INVALID for text that is not of the form, ERR_TOO_LARGE when size is too small. */
int decode_base64url(struct slice text, void *data, size_t size, size_t *ret_length);

int decode_base64(struct slice text, void *data, size_t size, size_t *ret_length);

#endif
