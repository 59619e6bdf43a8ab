// SPDX-License-Identifier: GPL-3.0-or-later
/* redis_args.h - a Redis command as its arguments, each with its length: what users typed is never
 * part of a format. Filled on the stack, used by redis_link.h and redis_sync.h. */
#ifndef STORAGE_REDIS_REDIS_ARGS_H
#define STORAGE_REDIS_REDIS_ARGS_H

#include <stddef.h>
#include <stdint.h>

#include "common/slice.h"

enum {
    REDIS_ARGS_MAX = 160,
    REDIS_ARGS_TEXT_BYTES = 3072, /* for what is copied: numbers and composed keys */
};

struct redis_args {
    const char *argv[REDIS_ARGS_MAX];
    size_t lengths[REDIS_ARGS_MAX];
    int n;
    int err; /* 0, or ERR_TOO_LARGE when a cap was hit; sticky, and sending returns it */
    size_t text_bytes;
    char text[REDIS_ARGS_TEXT_BYTES];
};

/* An empty command, without clearing the arrays. */
void redis_args_init(struct redis_args *args);

/* Borrows the bytes until the command was sent (the call returned). */
void redis_args_add(struct redis_args *args, struct slice value);
void redis_args_add_text(struct redis_args *args, const char *value);

/* Copy. */
void redis_args_add_int(struct redis_args *args, int64_t value);
void redis_args_add_format(struct redis_args *args, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
