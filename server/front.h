// SPDX-License-Identifier: GPL-3.0-or-later
/* front.h - where people see this server, and the proxies that may stand between: the settings
 * public_url and trusted_proxies. Pure. */
#ifndef SERVER_FRONT_H
#define SERVER_FRONT_H

#include <stdbool.h>

#include "common/slice.h"

/* What is wrong with a public_url ("https://HOST[:PORT]", "http://…"; one "/" behind it is allowed)
 * or with trusted_proxies (addresses and ADDRESS/BITS, with commas or spaces between): a static
 * sentence, or NULL. An empty text is right. */
const char *front_url_fault(const char *url);
const char *front_proxies_fault(const char *list);

/* Whether two origins (RFC 6454) are the same: scheme, host without regard to case, and port, which
 * may be left out where it is the scheme's. Texts that are no origins of http or https are not. */
bool front_is_same_origin(struct slice a, struct slice b);

/* Whether a Host field names the host and port of an origin: some proxies write the port even where
 * it is the scheme's. */
bool front_is_host_of(struct slice origin, struct slice host);

bool front_is_https(const char *url);

/* Whether the text is a numeric IPv4 or IPv6 address. */
bool front_is_address(const char *text);

/* Whether the numeric address is in the list, which has no fault. */
bool front_has_proxy(const char *list, const char *address);

#endif
