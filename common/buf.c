// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"

enum { FIRST_CAPACITY = 256 };

void buf_clear(struct buf *b)
{
    free(b->data);
    *b = buf_with_limit(b->limit);
}

void buf_reset(struct buf *b)
{
    b->length = 0;
    b->err = 0;
    if (b->data)
        b->data[0] = '\0';
}

/* Doubles until `needed` bytes and a NUL fit, but never asks for more than the cap can use. */
static int grow(struct buf *b, size_t needed)
{
    size_t capacity = b->capacity ? b->capacity : FIRST_CAPACITY;

    while (capacity < needed + 1)
        capacity = capacity > b->limit / 2 ? b->limit + 1 : capacity * 2;
    char *data = realloc(b->data, capacity);
    if (!data)
        return ERR_NO_MEMORY;
    b->data = data;
    b->capacity = capacity;
    return 0;
}

char *buf_reserve(struct buf *b, size_t length)
{
    if (b->err)
        return NULL;
    if (length > b->limit - b->length) {
        b->err = ERR_TOO_LARGE;
        return NULL;
    }
    if (b->length + length + 1 > b->capacity)
        b->err = grow(b, b->length + length);
    return b->err ? NULL : b->data + b->length;
}

void buf_commit(struct buf *b, size_t length)
{
    b->length += length;
    b->data[b->length] = '\0';
}

void buf_append(struct buf *b, const void *data, size_t length)
{
    char *to = buf_reserve(b, length);

    if (!to)
        return;
    if (length > 0)
        memcpy(to, data, length);
    buf_commit(b, length);
}

void buf_append_text(struct buf *b, const char *text)
{
    buf_append(b, text, strlen(text));
}

void buf_append_slice(struct buf *b, struct slice s)
{
    buf_append(b, s.data, s.length);
}

void buf_append_char(struct buf *b, char c)
{
    buf_append(b, &c, 1);
}

void buf_printf(struct buf *b, const char *format, ...)
{
    va_list args;
    char small[256];

    va_start(args, format);
    const int n = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (n < 0) {
        b->err = b->err ? b->err : ERR_INVALID;
        return;
    }
    const size_t length = (size_t)n;
    if (length < sizeof small) {
        buf_append(b, small, length);
        return;
    }
    char *to = buf_reserve(b, length);
    if (!to)
        return;
    va_start(args, format);
    (void)vsnprintf(to, length + 1, format, args);
    va_end(args);
    buf_commit(b, length);
}

void buf_append_u8(struct buf *b, uint8_t value)
{
    buf_append(b, &value, 1);
}

static void append_big_endian(struct buf *b, uint64_t value, size_t n_bytes)
{
    unsigned char bytes[8];

    for (size_t i = 0; i < n_bytes; i++)
        bytes[i] = (unsigned char)(value >> (8 * (n_bytes - 1 - i)));
    buf_append(b, bytes, n_bytes);
}

void buf_append_u16(struct buf *b, uint16_t value)
{
    append_big_endian(b, value, 2);
}

void buf_append_u32(struct buf *b, uint32_t value)
{
    append_big_endian(b, value, 4);
}

void buf_append_u64(struct buf *b, uint64_t value)
{
    append_big_endian(b, value, 8);
}

void buf_consume(struct buf *b, size_t length)
{
    if (length >= b->length) {
        b->length = 0;
    } else {
        memmove(b->data, b->data + length, b->length - length);
        b->length -= length;
    }
    if (b->data)
        b->data[b->length] = '\0';
}
