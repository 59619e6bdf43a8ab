// SPDX-License-Identifier: GPL-3.0-or-later
/* redis_address.h - where a Redis is. Pure.
 *
 *     /path/to/socket   unix:/path/to/socket
 *     redis://HOST   redis://HOST:PORT   redis://[USER]:PASSWORD@HOST[:PORT]   (IPv6 in brackets)
 *
 * User and password may hold %XX. HOST is best a numeric address: a name is looked up while the
 * caller waits. hiredis 0.14 knows no TLS: between hosts use a private network or a tunnel. */
#ifndef STORAGE_REDIS_REDIS_ADDRESS_H
#define STORAGE_REDIS_REDIS_ADDRESS_H

#include <stdint.h>

#include "common/slice.h"

struct redis_address {
    char path[108]; /* of a unix socket; "" for TCP */
    char host[254];
    uint16_t port;
    char user[65];
    char password[257]; /* "" for none; never logged */
};

/* Returns 0 or ERR_INVALID. */
int redis_address_parse(struct slice text, struct redis_address *ret_address);

enum { REDIS_ADDRESS_TEXT_SIZE = 300 };

/* Where it is, without user and password: for logs and people. */
void redis_address_show(const char *address, char text[REDIS_ADDRESS_TEXT_SIZE]);

/* Why redis_address_parse refuses it and what is wanted: a static sentence that shows nothing of
 * the text, or NULL for an address. */
const char *redis_address_fault(struct slice text);

#endif
