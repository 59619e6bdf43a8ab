// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/byte_input.h"

#include <criterion/criterion.h>
#include <libavutil/error.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SIZE = 300000 };

static int make_file(void)
{
    FILE *file = tmpfile();

    for (int i = 0; i < SIZE; i++)
        fputc(i % 251, file);
    fflush(file);
    return fileno(file);
}

Test(byte_input, bytes_come_from_where_one_seeks)
{
    CLEANUP(byte_input_free) struct byte_input *input = NULL;
    unsigned char byte;

    cr_assert_eq(byte_input_new(make_file(), SIZE, &input), 0);
    AVIOContext *avio = byte_input_avio(input);
    cr_assert_eq(avio_size(avio), SIZE);
    for (int64_t at = 0; at < SIZE; at += 49999) {
        cr_assert_eq(avio_seek(avio, at, SEEK_SET), at);
        cr_assert_eq(avio_read(avio, &byte, 1), 1);
        cr_assert_eq(byte, at % 251);
    }
}

Test(byte_input, the_end_is_an_end_and_not_an_error)
{
    CLEANUP(byte_input_free) struct byte_input *input = NULL;
    unsigned char bytes[10];

    cr_assert_eq(byte_input_new(make_file(), SIZE, &input), 0);
    AVIOContext *avio = byte_input_avio(input);
    cr_assert_eq(avio_seek(avio, SIZE - 4, SEEK_SET), SIZE - 4);
    cr_assert_eq(avio_read(avio, bytes, 10), 4);
    cr_assert_eq(avio_read(avio, bytes, 10), AVERROR_EOF);
    cr_assert_lt(avio_seek(avio, -5, SEEK_SET), 0);
}

static bool may_read_while_there_is_some(void *arg)
{
    int *n_left = arg;

    return (*n_left)-- > 0;
}

Test(byte_input, a_guard_is_asked_before_each_of_many_small_reads)
{
    CLEANUP(byte_input_free) struct byte_input *input = NULL;
    static unsigned char bytes[SIZE];
    int n_left = 4;

    cr_assert_eq(byte_input_new(make_file(), SIZE, &input), 0);
    byte_input_guard(input, may_read_while_there_is_some, &n_left);
    const int n = avio_read(byte_input_avio(input), bytes, SIZE);
    cr_assert_gt(n, 0);
    cr_assert_leq(n, 4 * 8192, "%d bytes", n);
    cr_assert_eq(bytes[n - 1], (n - 1) % 251);
    cr_assert_eq(avio_read(byte_input_avio(input), bytes, 1), AVERROR_EXIT);
}

Test(byte_input, a_patch_is_read_instead_of_the_file_wherever_reading_begins)
{
    CLEANUP(byte_input_free) struct byte_input *input = NULL;
    unsigned char bytes[8];

    cr_assert_eq(byte_input_new(make_file(), SIZE, &input), 0);
    byte_input_patch(input, 100, (const uint8_t *)"abcd", 4);
    AVIOContext *avio = byte_input_avio(input);
    cr_assert_eq(avio_seek(avio, 98, SEEK_SET), 98);
    cr_assert_eq(avio_read(avio, bytes, 8), 8);
    cr_assert(bytes[0] == 98 && bytes[1] == 99 && bytes[6] == 104);
    cr_assert_eq(memcmp(bytes + 2, "abcd", 4), 0);
    cr_assert_eq(avio_seek(avio, 200000, SEEK_SET), 200000);
    cr_assert_eq(avio_read(avio, bytes, 1), 1);
    cr_assert_eq(avio_seek(avio, 102, SEEK_SET), 102);
    cr_assert_eq(avio_read(avio, bytes, 3), 3);
    cr_assert_eq(memcmp(bytes, "cdh", 3), 0);
}
