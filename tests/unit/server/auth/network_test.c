// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/auth/network.h"

#include <criterion/criterion.h>

Test(network, is_what_one_subscriber_gets)
{
    static const char *const CASES[][2] = {
        {"192.0.2.7", "192.0.2.0/24"},
        {"::ffff:192.0.2.7", "192.0.2.0/24"},
        {"2001:db8:0:ff12:1:2:3:4", "2001:db8:0:ff00::/56"},
        {"2001:db8:1111:22ff:ffff:ffff:ffff:ffff", "2001:db8:1111:2200::/56"},
        {"::1", "::/56"},
        {"unix", "unix"},
        {"", ""},
    };
    char network[NETWORK_SIZE];

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        network_of(CASES[i][0], network);
        cr_assert_str_eq(network, CASES[i][1], "%s", CASES[i][0]);
    }
}
