// SPDX-License-Identifier: GPL-3.0-or-later
/* slice.h - a borrowed run of bytes: a pointer and a length, not terminated.
 *
 * A slice owns nothing; whoever hands one out says how long it stays valid. Bytes may be anything,
 * NUL included. An empty slice may have a NULL pointer. */
#ifndef COMMON_SLICE_H
#define COMMON_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
    const char *data;
    size_t length;
};

/* For printf's "%.*s". */
#define SLICE_ARGS(s) (int)(s).length, (s).data

/* Initialises a constant slice from a string literal. */
#define SLICE_LITERAL(text)      \
    {                            \
        (text), sizeof(text) - 1 \
    }

static inline struct slice slice_of(const char *data, size_t length)
{
    return (struct slice){.data = data, .length = length};
}

/* The bytes of a C string without its terminator; NULL gives the empty slice. */
static inline struct slice slice_from(const char *text)
{
    return slice_of(text, text ? strlen(text) : 0);
}

static inline bool slice_equals(struct slice a, struct slice b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

static inline bool slice_is(struct slice s, const char *text)
{
    return slice_equals(s, slice_from(text));
}

/* The part from byte `from` on; empty when the slice is shorter. */
static inline struct slice slice_skip(struct slice s, size_t from)
{
    if (from >= s.length)
        return slice_of(s.data ? s.data + s.length : NULL, 0);
    return slice_of(s.data + from, s.length - from);
}

/* ASCII letters compare without regard to case. */
bool slice_equals_nocase(struct slice a, struct slice b);

bool slice_starts_with(struct slice s, const char *prefix);

/* Without leading and trailing spaces and tabs. */
struct slice slice_trim(struct slice s);

/* Cuts *rest at the first `separator`: returns what stands before it and leaves in *rest what
 * follows. Without a separator all of *rest is returned and *rest becomes empty with a NULL
 * pointer, which tells "no more" apart from "an empty last part". */
struct slice slice_split(struct slice *rest, char separator);

/* Parses 1 to 20 decimal digits and nothing else (no sign, no space, no leading "+").
 * Returns 0, ERR_INVALID, or ERR_TOO_LARGE when the value does not fit. */
int slice_to_u64(struct slice s, uint64_t *ret_value);

/* The same with a "-" before it, or none; INT64_MIN is ERR_TOO_LARGE. */
int slice_to_i64(struct slice s, int64_t *ret_value);

/* Copies into a buffer of `size` bytes with a terminator.
 * Returns 0, or ERR_TOO_LARGE when it does not fit, or ERR_INVALID when the slice holds a NUL. */
int slice_to_cstr(struct slice s, char *buffer, size_t size);

/* The well-formed UTF-8 character (RFC 3629) at the start of s: returns its length in bytes and
 * stores its code point, or returns 0 when there is none. */
size_t slice_first_char(struct slice s, uint32_t *ret_char);

/* Whether the bytes are well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates) without
 * control characters (C0, DEL, C1). */
bool slice_is_plain_utf8(struct slice s);

#endif
