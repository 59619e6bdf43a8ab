// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/redis/redis_address.h"

#include <stdio.h>
#include <string.h>

#include "common/encode.h"
#include "common/err.h"

enum { DEFAULT_PORT = 6379 };

/* Copies with %XX decoded. */
static int decode_percent(struct slice text, char *buffer, size_t size)
{
    size_t n = 0;

    for (size_t i = 0; i < text.length; i++) {
        char c = text.data[i];
        if (c == '%') {
            if (i + 2 >= text.length || decode_hex(slice_of(text.data + i + 1, 2), &c, 1))
                return ERR_INVALID;
            i += 2;
        }
        if (c == '\0' || n + 1 >= size)
            return ERR_INVALID;
        buffer[n++] = c;
    }
    buffer[n] = '\0';
    return 0;
}

static int parse_user(struct slice text, struct redis_address *address)
{
    const struct slice user = slice_split(&text, ':');

    if (!text.data || text.length == 0)
        return ERR_INVALID; /* a user without a password */
    const int err = decode_percent(user, address->user, sizeof address->user);
    return err ? err : decode_percent(text, address->password, sizeof address->password);
}

static int parse_port(struct slice text, struct redis_address *address)
{
    uint64_t port = 0;

    if (slice_to_u64(text, &port) || port == 0 || port > UINT16_MAX)
        return ERR_INVALID;
    address->port = (uint16_t)port;
    return 0;
}

static int parse_host(struct slice text, struct redis_address *address)
{
    struct slice host, rest = text;

    address->port = DEFAULT_PORT;
    if (slice_starts_with(text, "[")) {
        rest = slice_skip(text, 1);
        host = slice_split(&rest, ']');
        if (!rest.data || (rest.length > 0 && rest.data[0] != ':'))
            return ERR_INVALID;
        rest = rest.length > 0 ? slice_skip(rest, 1) : slice_of(NULL, 0);
    } else {
        host = slice_split(&rest, ':');
    }
    if (host.length == 0 || memchr(host.data, '/', host.length) ||
        memchr(host.data, '?', host.length) || !slice_is_plain_utf8(host) ||
        slice_to_cstr(host, address->host, sizeof address->host))
        return ERR_INVALID;
    return rest.data ? parse_port(rest, address) : 0;
}

/* What stands before the last '@', if there is one: a password may hold another. */
static struct slice split_user(struct slice *rest)
{
    for (size_t i = rest->length; i > 0; i--) {
        if (rest->data[i - 1] == '@') {
            const struct slice user = slice_of(rest->data, i - 1);
            *rest = slice_skip(*rest, i);
            return user;
        }
    }
    return slice_of(NULL, 0);
}

static int parse_url(struct slice rest, struct redis_address *address)
{
    const struct slice user = split_user(&rest);

    const int err = user.data ? parse_user(user, address) : 0;
    return err ? err : parse_host(rest, address);
}

int redis_address_parse(struct slice text, struct redis_address *ret_address)
{
    static const char scheme[] = "redis://", unix_scheme[] = "unix:";
    struct redis_address address = {.port = 0};
    int err;

    if (slice_starts_with(text, scheme)) {
        err = parse_url(slice_skip(text, sizeof scheme - 1), &address);
    } else {
        if (slice_starts_with(text, unix_scheme))
            text = slice_skip(text, sizeof unix_scheme - 1);
        err = slice_starts_with(text, "/") ? slice_to_cstr(text, address.path, sizeof address.path)
                                           : ERR_INVALID;
    }
    if (err)
        return ERR_INVALID;
    *ret_address = address;
    return 0;
}

void redis_address_show(const char *address, char text[REDIS_ADDRESS_TEXT_SIZE])
{
    struct redis_address parsed;

    if (redis_address_parse(slice_from(address), &parsed))
        (void)snprintf(text, REDIS_ADDRESS_TEXT_SIZE, "(not an address of Redis)");
    else if (parsed.path[0])
        (void)snprintf(text, REDIS_ADDRESS_TEXT_SIZE, "unix:%s", parsed.path);
    else
        (void)snprintf(text, REDIS_ADDRESS_TEXT_SIZE,
                       strchr(parsed.host, ':') ? "redis://[%s]:%u" : "redis://%s:%u", parsed.host,
                       parsed.port);
    explicit_bzero(&parsed, sizeof parsed);
}

/* Of a redis:// address that was not understood; rest is what stands behind the scheme. */
static const char *url_fault(struct slice rest)
{
    struct redis_address address;
    const struct slice user = split_user(&rest);

    if (user.data && parse_user(user, &address))
        return "before the @ stands USER:PASSWORD or :PASSWORD, other signs in it as %XX";
    if (rest.data && memchr(rest.data, '?', rest.length))
        return "no options may stand behind the address";
    if (rest.data && memchr(rest.data, '/', rest.length))
        return "no database number or path may stand behind the address: Banmai uses database 0";
    return "redis://HOST, redis://HOST:PORT or redis://USER:PASSWORD@HOST:PORT is wanted, IPv6 in "
           "brackets";
}

const char *redis_address_fault(struct slice text)
{
    struct redis_address address;

    if (redis_address_parse(text, &address) == 0)
        return NULL;
    if (slice_starts_with(text, "rediss://"))
        return "TLS to Redis is not supported: use redis:// in a private network or a tunnel";
    if (slice_starts_with(text, "redis://"))
        return url_fault(slice_skip(text, sizeof "redis://" - 1));
    if (slice_starts_with(text, "/") || slice_starts_with(text, "unix:"))
        return "a socket is named by its path from the root, of at most 107 bytes: "
               "unix:/run/redis.sock";
    return "redis://HOST:PORT or unix:/PATH is wanted";
}
