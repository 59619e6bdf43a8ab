// SPDX-License-Identifier: GPL-3.0-or-later
/* buf.h - a growing byte buffer with a cap given at birth.
 *
 * Appending never returns a code: the first failure sticks in `err`, later appends do nothing, and
 * the writer looks once at the end. That keeps renderers free of error paths. The bytes are always
 * followed by a NUL that `length` does not count. */
#ifndef COMMON_BUF_H
#define COMMON_BUF_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "common/slice.h"

struct buf {
    char *data;      /* owned; NULL until the first append */
    size_t length;   /* bytes in use */
    size_t capacity; /* bytes allocated, the NUL included */
    size_t limit;    /* length never exceeds it */
    int err;         /* 0, ERR_NO_MEMORY or ERR_TOO_LARGE; sticky */
};

/* An empty buffer that may grow to `limit` bytes; allocates nothing. */
static inline struct buf buf_with_limit(size_t limit)
{
    return (struct buf){.limit = limit};
}

/* Frees the bytes and leaves an empty buffer with the same limit and no error. */
void buf_clear(struct buf *b);

/* Empties the buffer and forgets its error, but keeps the allocation. */
void buf_reset(struct buf *b);

void buf_append(struct buf *b, const void *data, size_t length);
void buf_append_text(struct buf *b, const char *text);
void buf_append_slice(struct buf *b, struct slice s);
void buf_append_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Big-endian integers, as ISO base media files and network protocols write them. */
void buf_append_u8(struct buf *b, uint8_t value);
void buf_append_u16(struct buf *b, uint16_t value);
void buf_append_u32(struct buf *b, uint32_t value);
void buf_append_u64(struct buf *b, uint64_t value);

/* Room for `length` more bytes, at most all of which the caller writes and then counts by
 * buf_commit. Returns NULL, and sets err, when they cannot be had. */
char *buf_reserve(struct buf *b, size_t length);

/* Counts the first `length` bytes of what buf_reserve gave. */
void buf_commit(struct buf *b, size_t length);

/* Removes the first `length` bytes (at most all). */
void buf_consume(struct buf *b, size_t length);

/* Valid until the buffer changes. */
static inline struct slice buf_slice(const struct buf *b)
{
    return slice_of(b->data, b->length);
}

static inline void buf_clear_cleanup(struct buf *b)
{
    buf_clear(b);
}

#endif
