// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/auth/network.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

enum { V4_KEPT = 3, V6_KEPT = 7 }; /* bytes */

static void format(int family, const void *bytes, const char *suffix, char network[NETWORK_SIZE])
{
    char text[INET6_ADDRSTRLEN] = "";

    (void)inet_ntop(family, bytes, text, sizeof text);
    (void)snprintf(network, NETWORK_SIZE, "%.*s%s", NETWORK_SIZE - 5, text, suffix);
}

static void format_v4(const unsigned char *address, char network[NETWORK_SIZE])
{
    unsigned char kept[4] = {0};

    memcpy(kept, address, V4_KEPT);
    format(AF_INET, kept, "/24", network);
}

void network_of(const char *address, char network[NETWORK_SIZE])
{
    struct in6_addr v6;
    struct in_addr v4;
    unsigned char kept[16] = {0};

    if (inet_pton(AF_INET, address, &v4) == 1) {
        format_v4((const unsigned char *)&v4, network);
    } else if (inet_pton(AF_INET6, address, &v6) != 1) {
        (void)snprintf(network, NETWORK_SIZE, "%s", address);
    } else if (IN6_IS_ADDR_V4MAPPED(&v6)) {
        format_v4(&v6.s6_addr[12], network);
    } else {
        memcpy(kept, v6.s6_addr, V6_KEPT);
        format(AF_INET6, kept, "/56", network);
    }
}
