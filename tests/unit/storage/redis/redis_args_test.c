// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/redis/redis_args.h"

#include <string.h>

#include <criterion/criterion.h>

#include "common/err.h"

static struct slice arg(const struct redis_args *args, int i)
{
    return slice_of(args->argv[i], args->lengths[i]);
}

Test(redis_args, arguments_keep_their_bytes_and_lengths)
{
    struct redis_args args;

    redis_args_init(&args);
    redis_args_add_text(&args, "SET");
    redis_args_add(&args, slice_of("a\0b\r\n", 5));
    redis_args_add_int(&args, INT64_MIN);
    redis_args_add_format(&args, "%s-%d", "k", 7);
    redis_args_add(&args, slice_of(NULL, 0));
    cr_assert_eq(args.err, 0);
    cr_assert_eq(args.n, 5);
    cr_assert(slice_is(arg(&args, 0), "SET"));
    cr_assert(slice_equals(arg(&args, 1), slice_of("a\0b\r\n", 5)));
    cr_assert(slice_is(arg(&args, 2), "-9223372036854775808"));
    cr_assert(slice_is(arg(&args, 3), "k-7"));
    cr_assert_eq(args.lengths[4], 0);
    cr_assert_not_null(args.argv[4]);
}

Test(redis_args, too_many_or_too_much_sticks_as_a_failure)
{
    struct redis_args args;
    char text[REDIS_ARGS_TEXT_BYTES + 1];

    redis_args_init(&args);
    for (int i = 0; i < REDIS_ARGS_MAX; i++)
        redis_args_add_text(&args, "x");
    cr_assert_eq(args.err, 0);
    redis_args_add_text(&args, "x");
    cr_assert_eq(args.err, ERR_TOO_LARGE);
    cr_assert_eq(args.n, REDIS_ARGS_MAX);
    redis_args_init(&args);
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    redis_args_add_format(&args, "%s", text);
    cr_assert_eq(args.err, ERR_TOO_LARGE);
    redis_args_add_text(&args, "x");
    cr_assert_eq(args.n, 0);
}
