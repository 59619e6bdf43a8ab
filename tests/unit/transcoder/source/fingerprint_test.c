// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/fingerprint.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int make_file(size_t size, long changed_at)
{
    FILE *file = tmpfile();

    for (size_t i = 0; i < size; i++)
        fputc((long)i == changed_at ? 'x' : (int)(i % 200), file);
    fflush(file);
    return fileno(file);
}

static int is_same(size_t size, long changed_at)
{
    char plain[FINGERPRINT_SIZE];
    char changed[FINGERPRINT_SIZE];

    cr_assert_eq(fingerprint_of(make_file(size, -1), (int64_t)size, plain), 0);
    cr_assert_eq(fingerprint_of(make_file(size, changed_at), (int64_t)size, changed), 0);
    return strcmp(plain, changed) == 0;
}

Test(fingerprint, start_middle_and_end_count)
{
    cr_assert(is_same(1000000, -1));
    cr_assert_not(is_same(1000000, 10));
    cr_assert_not(is_same(1000000, 500001));
    cr_assert_not(is_same(1000000, 999999));
}

Test(fingerprint, short_files_have_one_too)
{
    cr_assert(is_same(1, -1));
    cr_assert_not(is_same(1, 0));
    cr_assert_not(is_same(70000, 65000));
}

Test(fingerprint, the_size_counts)
{
    char a[FINGERPRINT_SIZE];
    char b[FINGERPRINT_SIZE];
    const int fd = make_file(10, -1);

    cr_assert_eq(fingerprint_of(fd, 10, a), 0);
    cr_assert_eq(fingerprint_of(fd, 11, b), 0);
    cr_assert_str_neq(a, b);
}
