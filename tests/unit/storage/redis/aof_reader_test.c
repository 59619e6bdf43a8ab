// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/redis/aof_reader.h"

#include <criterion/criterion.h>
#include <string.h>

#include "common/err.h"
#include "storage/redis/redis_args.h"

#define ONE "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n"
#define TWO "*3\r\n$4\r\nSADD\r\n$8\r\nwp:dirty\r\n$3\r\nx\ny\r\n"

/* How many commands are found, and what is lost. */
static size_t count(const char *text, size_t length, size_t *lost, size_t *lost_at_end)
{
    struct aof_reader reader = aof_reader_of(slice_of(text, length));
    struct redis_args args;
    size_t n = 0;

    while (aof_reader_next(&reader, &args) == 0) {
        cr_assert_eq(args.n, 3);
        n++;
    }
    *lost = reader.n_lost;
    *lost_at_end = reader.n_lost_at_end;
    return n;
}

Test(aof_reader, a_command_has_its_arguments)
{
    struct aof_reader reader = aof_reader_of(slice_from("#TS:1\r\n" TWO));
    struct redis_args args;

    cr_assert_eq(aof_reader_next(&reader, &args), 0);
    cr_assert(slice_is(slice_of(args.argv[2], args.lengths[2]), "x\ny"));
    cr_assert_eq(aof_reader_next(&reader, &args), ERR_AGAIN);
    cr_assert_eq(reader.n_lost, 0);
}

Test(aof_reader, garbage_in_the_middle_lost_all_that_came_behind_it)
{
    static const char *const GARBAGE[] = {
        "\0\0\0",         "*9\r\n",         "*3\r\n$99999999999999999999\r\n",
        "*3\r\n$3\r\nSE", "*-1\r\n",        "*3\r\n$3\r\n\1\2\3\r\n$1\r\na\r\n$1\r\n1\r\n",
        "$3\r\nSET\r\n",  "*1000000000\r\n"};
    size_t lost, at_end;

    for (size_t i = 0; i < sizeof GARBAGE / sizeof GARBAGE[0]; i++) {
        const size_t n = i == 0 ? 3 : strlen(GARBAGE[i]);
        char text[300] = ONE;
        size_t length = strlen(ONE);
        memcpy(text + length, GARBAGE[i], n);
        memcpy(text + length + n, "\r\n" TWO, strlen("\r\n" TWO));
        length += n + strlen("\r\n" TWO);
        cr_assert_eq(count(text, length, &lost, &at_end), 2, "%zu", i);
        cr_assert_eq(lost, n + 2, "%zu", i);
        cr_assert_eq(at_end, 0, "%zu", i);
    }
}

Test(aof_reader, every_cut_tail_keeps_what_was_whole)
{
    const size_t whole = strlen(ONE), length = strlen(ONE TWO);
    size_t lost, at_end;

    for (size_t cut = whole; cut < length; cut++) {
        char *text = malloc(cut); /* a sanitizer sees a byte too many */
        cr_assert_not_null(text);
        memcpy(text, ONE TWO, cut);
        cr_assert_eq(count(text, cut, &lost, &at_end), 1, "%zu", cut);
        cr_assert_eq(lost, cut - whole);
        cr_assert_eq(at_end, lost);
        free(text);
    }
}
