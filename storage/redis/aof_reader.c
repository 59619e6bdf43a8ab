// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/redis/aof_reader.h"

#include <string.h>

#include "common/err.h"
#include "storage/redis/redis_args.h"

enum { LONGEST_NAME = 24 };

/* "Xnumber\r\n" at the start of *rest. */
static int read_number(struct slice *rest, char mark, size_t *ret_number)
{
    const char *end = rest->length > 0 ? memchr(rest->data, '\r', rest->length) : NULL;
    uint64_t number = 0;

    if (!end || rest->data[0] != mark)
        return ERR_INVALID;
    const size_t length = (size_t)(end - rest->data);
    if (length + 1 >= rest->length || end[1] != '\n' ||
        slice_to_u64(slice_of(rest->data + 1, length - 1), &number) || number > SIZE_MAX / 2)
        return ERR_INVALID;
    *rest = slice_skip(*rest, length + 2);
    *ret_number = (size_t)number;
    return 0;
}

static int read_argument(struct slice *rest, struct redis_args *args)
{
    size_t length = 0;

    if (read_number(rest, '$', &length) || rest->length < 2 || length > rest->length - 2 ||
        memcmp(rest->data + length, "\r\n", 2) != 0)
        return ERR_INVALID;
    redis_args_add(args, slice_of(rest->data, length));
    *rest = slice_skip(*rest, length + 2);
    return args->err;
}

static bool is_name(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        const char lower = (char)(text[i] | 0x20);
        if (lower < 'a' || lower > 'z')
            return false;
    }
    return length > 0 && length <= LONGEST_NAME;
}

/* One whole command at the start of *rest. */
static int read_command(struct slice *rest, struct redis_args *args)
{
    struct slice after = *rest;
    size_t n = 0;

    redis_args_init(args);
    if (read_number(&after, '*', &n) || n == 0 || n > REDIS_ARGS_MAX)
        return ERR_INVALID;
    for (size_t i = 0; i < n; i++) {
        if (read_argument(&after, args))
            return ERR_INVALID;
    }
    if (!is_name(args->argv[0], args->lengths[0]))
        return ERR_INVALID;
    *rest = after;
    return 0;
}

/* "#TS:1700000000\r\n": when the commands behind it were written. */
static bool skip_note(struct slice *rest)
{
    const char *end = slice_starts_with(*rest, "#") ? memchr(rest->data, '\n', rest->length) : NULL;

    if (!end)
        return false;
    *rest = slice_skip(*rest, (size_t)(end - rest->data) + 1);
    return true;
}

/* The next place where a command may begin; the end when there is none. */
static struct slice skip_to_line(struct slice rest)
{
    for (size_t i = 1; i < rest.length; i++) {
        const char *star = memchr(rest.data + i, '*', rest.length - i);
        if (!star)
            break;
        if (star[-1] == '\n')
            return slice_skip(rest, (size_t)(star - rest.data));
        i = (size_t)(star - rest.data);
    }
    return slice_skip(rest, rest.length);
}

int aof_reader_next(struct aof_reader *reader, struct redis_args *ret_args)
{
    reader->n_lost_at_end = 0;
    while (reader->rest.length > 0) {
        if (skip_note(&reader->rest))
            continue;
        if (read_command(&reader->rest, ret_args) == 0) {
            reader->n_lost_at_end = 0;
            return 0;
        }
        const struct slice next = skip_to_line(reader->rest);
        reader->n_lost += reader->rest.length - next.length;
        reader->n_lost_at_end += reader->rest.length - next.length;
        reader->rest = next;
    }
    return ERR_AGAIN;
}
