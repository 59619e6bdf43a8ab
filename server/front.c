// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/front.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

enum { MAX_ADDRESS_BYTES = 16, ADDRESS_TEXT_SIZE = 64 };

/* ---- Origins ---- */

struct origin {
    bool is_https;
    struct slice host; /* with the brackets of IPv6 */
    uint64_t port;
};

static bool has_char(struct slice text, char c)
{
    return text.length > 0 && memchr(text.data, c, text.length);
}

static bool is_host(struct slice host)
{
    const bool is_v6 = slice_starts_with(host, "[");

    for (size_t i = 0; i < host.length; i++) {
        const unsigned char c = (unsigned char)host.data[i];
        if (c > 0x7f || !(isalnum(c) || strchr(is_v6 ? "[]:." : ".-_", c)) || c == '\0')
            return false;
    }
    return host.length > 0 && (!is_v6 || host.data[host.length - 1] == ']');
}

/* The authority of a URL: HOST or HOST:PORT. */
static const char *read_authority(struct slice rest, struct origin *origin)
{
    size_t end = rest.length;

    origin->host = rest;
    for (size_t i = rest.length; i > 0 && rest.data[i - 1] != ']'; i--) {
        if (rest.data[i - 1] == ':')
            end = i - 1;
    }
    origin->host.length = end;
    if (has_char(rest, '@'))
        return "no user name or password may stand in it";
    if (!is_host(origin->host))
        return "the host has to be a name in ASCII (xn--… for others) or an address, IPv6 in "
               "brackets";
    if (end < rest.length && (slice_to_u64(slice_skip(rest, end + 1), &origin->port) ||
                              origin->port == 0 || origin->port > UINT16_MAX))
        return "the port has to be a number from 1 to 65535";
    return NULL;
}

static const char *read_origin(struct slice text, struct origin *ret_origin)
{
    struct origin origin = {.port = 80};

    if (slice_starts_with(text, "https://"))
        origin = (struct origin){.is_https = true, .port = 443};
    else if (!slice_starts_with(text, "http://"))
        return "it has to begin with https:// or http://";
    text = slice_skip(text, origin.is_https ? 8 : 7);
    if (has_char(text, '?') || has_char(text, '#'))
        return "only https://HOST or https://HOST:PORT is wanted";
    if (has_char(text, '/'))
        return "a sub-path is not supported: give Banmai a host name of its own";
    const char *fault = read_authority(text, &origin);
    if (!fault)
        *ret_origin = origin;
    return fault;
}

static struct slice without_slash(struct slice url)
{
    if (url.length > 0 && url.data[url.length - 1] == '/')
        url.length--;
    return url;
}

const char *front_url_fault(const char *url)
{
    struct origin origin;

    return url[0] ? read_origin(without_slash(slice_from(url)), &origin) : NULL;
}

bool front_is_same_origin(struct slice a, struct slice b)
{
    struct origin x;
    struct origin y;

    return !read_origin(without_slash(a), &x) && !read_origin(without_slash(b), &y) &&
           x.is_https == y.is_https && x.port == y.port && slice_equals_nocase(x.host, y.host);
}

bool front_is_host_of(struct slice origin, struct slice host)
{
    struct origin x;

    if (read_origin(origin, &x))
        return false;
    struct origin y = {.port = x.is_https ? 443 : 80};
    return !read_authority(host, &y) && x.port == y.port && slice_equals_nocase(x.host, y.host);
}

bool front_is_https(const char *url)
{
    return slice_starts_with(slice_from(url), "https://");
}

/* ---- Addresses ---- */

struct network {
    int family;
    unsigned char bytes[MAX_ADDRESS_BYTES];
    uint64_t bits; /* that count */
};

/* Returns whether it was one. */
static bool read_network(struct slice text, struct network *ret_network)
{
    struct network network = {.family = AF_INET, .bits = 32};
    char address[ADDRESS_TEXT_SIZE];
    struct slice rest = text;
    const struct slice name = slice_split(&rest, '/');

    if (slice_to_cstr(name, address, sizeof address))
        return false;
    if (inet_pton(AF_INET, address, network.bytes) != 1) {
        network.family = AF_INET6;
        network.bits = 128;
        if (inet_pton(AF_INET6, address, network.bytes) != 1)
            return false;
    }
    const uint64_t max_bits = network.bits;
    if (rest.data && (slice_to_u64(rest, &network.bits) || network.bits > max_bits))
        return false;
    *ret_network = network;
    return true;
}

/* The next word of the list; empty at its end. */
static struct slice next_word(struct slice *rest)
{
    size_t n = 0;

    while (rest->length > 0 && strchr(", \t", rest->data[0]))
        *rest = slice_skip(*rest, 1);
    while (n < rest->length && !strchr(", \t", rest->data[n]))
        n++;
    const struct slice word = slice_of(rest->data, n);
    *rest = slice_skip(*rest, n);
    return word;
}

const char *front_proxies_fault(const char *list)
{
    struct slice rest = slice_from(list);
    struct network network;

    for (struct slice word = next_word(&rest); word.length > 0; word = next_word(&rest)) {
        if (!read_network(word, &network))
            return "addresses such as 127.0.0.1, ::1 or 10.0.0.0/8 are wanted, with commas between";
    }
    return NULL;
}

static bool is_inside(const struct network *network, const struct network *address)
{
    const size_t whole = (size_t)network->bits / 8;
    const unsigned rest = (unsigned)(network->bits % 8);
    const unsigned mask = 0xff00U >> rest & 0xff;

    return network->family == address->family &&
           memcmp(network->bytes, address->bytes, whole) == 0 &&
           (rest == 0 || ((network->bytes[whole] ^ address->bytes[whole]) & mask) == 0);
}

bool front_is_address(const char *text)
{
    struct network network;

    return !strchr(text, '/') && read_network(slice_from(text), &network);
}

bool front_has_proxy(const char *list, const char *address)
{
    struct slice rest = slice_from(list);
    struct network network;
    struct network sought;

    if (!read_network(slice_from(address), &sought))
        return false;
    for (struct slice word = next_word(&rest); word.length > 0; word = next_word(&rest)) {
        if (read_network(word, &network) && is_inside(&network, &sought))
            return true;
    }
    return false;
}
