// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/socket/kernel_tls.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "common/err.h"

/* What the kernel says of itself. A module that is not loaded yet is not in the list, and is loaded
 * by asking for it: so only after that. */
static bool is_listed(void)
{
    char names[256] = "";
    FILE *list = fopen("/proc/sys/net/ipv4/tcp_available_ulp", "r");

    if (!list)
        return false;
    const size_t n = fread(names, 1, sizeof names - 1, list);
    (void)fclose(list);
    names[n] = '\0';
    return strstr(names, "tls") != NULL;
}

static int n_descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int n = 0;

    cr_assert_not_null(folder);
    while (readdir(folder))
        n++;
    (void)closedir(folder);
    return n;
}

Test(kernel_tls, the_probe_finds_what_the_kernel_lists)
{
    const char *reason = NULL;

    const int err = kernel_tls_probe(&reason);
    cr_assert_eq(err, is_listed() ? 0 : ERR_UNSUPPORTED);
    cr_assert_eq(reason != NULL, err != 0);
}

Test(kernel_tls, the_probe_closes_what_it_opens)
{
    const char *reason = NULL;
    const int before = n_descriptors();

    (void)kernel_tls_probe(&reason);
    cr_assert_eq(n_descriptors(), before);
}
