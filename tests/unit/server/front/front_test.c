// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/front.h"

#include <criterion/criterion.h>
#include <string.h>

Test(front, a_public_url_is_an_origin)
{
    static const char *const RIGHT[] = {"",
                                        "https://hoc.caobang.vn",
                                        "https://hoc.caobang.vn/",
                                        "http://10.0.0.1:8080",
                                        "https://[2001:db8::1]:8443",
                                        "https://[::1]"};
    static const struct {
        const char *url;
        const char *word; /* in what is said of it */
    } WRONG[] = {
        {"hoc.caobang.vn", "https://"},
        {"ftp://hoc.caobang.vn", "https://"},
        {"https://hoc.caobang.vn/banmai", "sub-path"},
        {"https://hoc.caobang.vn/banmai/", "sub-path"},
        {"https://hoc.caobang.vn?x", "only"},
        {"https://hoc.caobang.vn#x", "only"},
        {"https://hoc.caobang.vn:0", "port"},
        {"https://hoc.caobang.vn:65536", "port"},
        {"https://hoc.caobang.vn:", "port"},
        {"https://::1:80", "brackets"},
        {"https://:80", "host"},
        {"https://học.vn", "ASCII"},
        {"https://a@b", "user name"},
        {"https://[::1", "brackets"},
    };

    for (size_t i = 0; i < sizeof RIGHT / sizeof RIGHT[0]; i++)
        cr_assert_null(front_url_fault(RIGHT[i]), "%s", RIGHT[i]);
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        const char *fault = front_url_fault(WRONG[i].url);
        cr_assert(fault && strstr(fault, WRONG[i].word), "%s: %s", WRONG[i].url, fault);
    }
}

Test(front, networks_are_compared_bit_by_bit)
{
    static const char LIST[] = "127.0.0.1, 10.16.0.0/12,2001:db8::/33 ::1";

    cr_assert_null(front_proxies_fault(LIST));
    cr_assert_null(front_proxies_fault(""));
    cr_assert(front_has_proxy(LIST, "127.0.0.1"));
    cr_assert(front_has_proxy(LIST, "10.31.255.255"));
    cr_assert_not(front_has_proxy(LIST, "10.32.0.0"));
    cr_assert_not(front_has_proxy(LIST, "127.0.0.2"));
    cr_assert(front_has_proxy(LIST, "2001:db8:7fff::1"));
    cr_assert_not(front_has_proxy(LIST, "2001:db8:8000::1"));
    cr_assert(front_has_proxy(LIST, "::1"));
    cr_assert_not(front_has_proxy(LIST, "unix"));
    cr_assert_not(front_has_proxy("", "127.0.0.1"));
    cr_assert(front_has_proxy("0.0.0.0/0", "8.8.8.8"));
}

Test(front, what_is_no_address_is_told)
{
    static const char *const WRONG[] = {"localhost", "10.0.0.0/33", "10.0.0/8", "::1/129",
                                        "1.2.3.4/",  "nginx",       "*",        "/8"};

    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++)
        cr_assert_not_null(front_proxies_fault(WRONG[i]), "%s", WRONG[i]);
}
