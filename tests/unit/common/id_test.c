// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/id.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "common/clock.h"

Test(id, a_new_id_is_a_uuid_of_version_7_made_now)
{
    char text[ID_SIZE];
    char stamp[13] = {0};
    const int64_t before_ms = clock_wall_ms();

    id_new(text);
    cr_assert(id_is_valid(slice_from(text)));
    cr_assert_eq(text[12], '7');
    cr_assert_not_null(strchr("89ab", text[16]));
    memcpy(stamp, text, 12);
    const int64_t made_ms = strtoll(stamp, NULL, 16);
    cr_assert(made_ms >= before_ms && made_ms <= clock_wall_ms());
}

Test(id, many_ids_differ)
{
    enum { N = 2000 };
    static char ids[N][ID_SIZE];

    for (int i = 0; i < N; i++)
        id_new(ids[i]);
    qsort(ids, N, ID_SIZE, (int (*)(const void *, const void *))strcmp);
    for (int i = 1; i < N; i++)
        cr_assert_str_neq(ids[i - 1], ids[i]);
}

Test(id, only_32_lower_case_hex_digits_are_an_id)
{
    static const char *const WRONG[] = {
        "",
        "0123456789abcdef0123456789abcde",
        "0123456789abcdef0123456789abcdef0",
        "0123456789ABCDEF0123456789abcdef",
        "0123456789abcdef0123456789abcdeg",
        "01234567-89ab-cdef-0123-456789abc",
        "../../../../../../../../etc/pass",
        "0123456789abcdef0123456789abcde\n",
    };

    cr_assert(id_is_valid(slice_from("0123456789abcdef0123456789abcdef")));
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++)
        cr_assert_not(id_is_valid(slice_from(WRONG[i])), "%s", WRONG[i]);
    cr_assert_not(id_is_valid(slice_of("0123456789abcdef0123456789abcde", 32)), "a NUL inside");
}

Test(id, random_bytes_fill_all_and_nothing_else)
{
    unsigned char bytes[66] = {0};
    unsigned char seen[64] = {0};

    for (int round = 0; round < 64; round++) {
        random_bytes(bytes + 1, 64);
        for (int i = 0; i < 64; i++)
            seen[i] |= bytes[i + 1];
    }
    for (int i = 0; i < 64; i++)
        cr_assert_neq(seen[i], 0, "byte %d was never written", i);
    cr_assert(bytes[0] == 0 && bytes[65] == 0);
    random_bytes(bytes, 0);
}

static void on_alarm(int signal)
{
    (void)signal;
}

Test(id, a_signal_in_a_long_read_of_random_bytes_does_not_abort)
{
    enum { LENGTH = 8 << 20 };
    struct sigaction action = {.sa_handler = on_alarm};
    const struct itimerval often = {.it_interval.tv_usec = 200, .it_value.tv_usec = 200};
    const struct itimerval never = {0};
    unsigned char *bytes = malloc(LENGTH);

    cr_assert_not_null(bytes);
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    random_bytes(bytes, LENGTH);
    setitimer(ITIMER_REAL, &never, NULL);
    free(bytes);
}
