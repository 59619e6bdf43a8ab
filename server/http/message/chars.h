// SPDX-License-Identifier: GPL-3.0-or-later
/* chars.h - the character classes of HTTP's grammar, as sets of ASCII bits. Pure. */
#ifndef SERVER_HTTP_MESSAGE_CHARS_H
#define SERVER_HTTP_MESSAGE_CHARS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/slice.h"

struct char_set {
    uint64_t bits[2]; /* one per ASCII character; nothing above 0x7f is in a set */
};

extern const struct char_set CHARS_TOKEN; /* RFC 9110 §5.6.2: methods, field names */
extern const struct char_set CHARS_PATH;  /* RFC 3986 pchar and "/", without "%" */
extern const struct char_set CHARS_QUERY; /* visible ASCII without "#": browsers leave much raw */
extern const struct char_set CHARS_HOST;  /* letters, digits, "-", "." and "_" */

static inline bool char_in(const struct char_set *set, char c)
{
    const unsigned char u = (unsigned char)c;

    return u < 128 && (set->bits[u >> 6] >> (u & 63) & 1) != 0;
}

/* Whether s has at least one character and all are in the set. */
bool chars_all_in(const struct char_set *set, struct slice s);

/* RFC 9110 §5.5: visible characters, space, tab and bytes from 0x80; no other control. */
static inline bool char_is_field_value(char c)
{
    const unsigned char u = (unsigned char)c;

    return (u >= 0x20 && u != 0x7f) || u == '\t';
}

/* How many of the first characters are in the set. */
size_t chars_span(const struct char_set *set, struct slice s);

/* How many of the first characters may stand in a field value; a tab ends the run although it may.
 * Eight at a time: most of what a client sends is this. */
size_t chars_plain_run(struct slice s);

/* Whether all characters may stand in a field value. */
bool chars_are_field_value(struct slice s);

/* The value of a hexadecimal digit, or -1. */
static inline int char_hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static inline char char_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

#endif
