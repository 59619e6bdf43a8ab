// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/redis/redis_args.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "common/err.h"

void redis_args_init(struct redis_args *args)
{
    args->n = 0;
    args->err = 0;
    args->text_bytes = 0;
}

void redis_args_add(struct redis_args *args, struct slice value)
{
    if (args->n == REDIS_ARGS_MAX)
        args->err = ERR_TOO_LARGE;
    if (args->err)
        return;
    args->argv[args->n] = value.data ? value.data : "";
    args->lengths[args->n] = value.length;
    args->n++;
}

void redis_args_add_text(struct redis_args *args, const char *value)
{
    redis_args_add(args, slice_from(value));
}

void redis_args_add_int(struct redis_args *args, int64_t value)
{
    redis_args_add_format(args, "%" PRId64, value);
}

void redis_args_add_format(struct redis_args *args, const char *format, ...)
{
    char *text = args->text + args->text_bytes;
    const size_t room = sizeof args->text - args->text_bytes;
    va_list values;

    if (args->err)
        return;
    va_start(values, format);
    const int n = vsnprintf(text, room, format, values);
    va_end(values);
    if (n < 0 || (size_t)n >= room) {
        args->err = ERR_TOO_LARGE;
        return;
    }
    args->text_bytes += (size_t)n;
    redis_args_add(args, slice_of(text, (size_t)n));
}
