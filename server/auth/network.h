// SPDX-License-Identifier: GPL-3.0-or-later
/* network.h - the network that an address is in, as far as an outsider can tell: what one
 * subscriber gets. Pure. */
#ifndef SERVER_AUTH_NETWORK_H
#define SERVER_AUTH_NETWORK_H

#include "common/slice.h"

enum { NETWORK_SIZE = 48 };

/* "192.0.2.0/24" for 192.0.2.7 (also when written as ::ffff:192.0.2.7), "2001:db8:0:ff00::/56" for
 * an IPv6 address, and the text itself for what is no address. */
void network_of(const char *address, char network[NETWORK_SIZE]);

#endif
