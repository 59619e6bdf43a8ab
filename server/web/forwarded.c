// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/web/forwarded.h"

#include <string.h>

#include "server/config.h"
#include "server/front.h"
#include "server/http/message/request.h"

/* Cuts the last entry off a list "a, b, c". */
static struct slice take_last(struct slice *list)
{
    size_t at = list->length;

    while (at > 0 && list->data[at - 1] != ',')
        at--;
    const struct slice last = slice_trim(slice_skip(*list, at));
    list->length = at > 0 ? at - 1 : 0;
    return last;
}

/* The last field with this name from the end of the first n on; proxies append to a field or add
 * one. Returns its index, or n when there is none. */
static size_t last_field(const struct http_request *request, const char *name, size_t n)
{
    for (size_t i = n; i > 0; i--) {
        if (slice_equals_nocase(request->headers[i - 1].name, slice_from(name)))
            return i - 1;
    }
    return n;
}

static struct slice last_entry(const struct http_request *request, const char *name)
{
    const size_t i = last_field(request, name, request->n_headers);
    struct slice list = i < request->n_headers ? request->headers[i].value : slice_of(NULL, 0);

    return take_last(&list);
}

/* From the nearest proxy to the farthest: each trusted one names whom it had the request from. */
static void find_sender(const struct config *config, const struct http_request *request,
                        char address[48])
{
    size_t n = request->n_headers;

    for (size_t i = last_field(request, "x-forwarded-for", n); i < n;
         n = i, i = last_field(request, "x-forwarded-for", n)) {
        struct slice list = request->headers[i].value;
        while (list.length > 0) {
            char entry[48];
            if (!front_has_proxy(config->trusted_proxies, address) ||
                slice_to_cstr(take_last(&list), entry, sizeof entry) || !front_is_address(entry))
                return;
            memcpy(address, entry, sizeof entry);
        }
    }
}

void forwarded_read(const struct config *config, const struct http_request *request,
                    struct forwarded *ret_forwarded)
{
    struct forwarded f = {.is_https = request->peer->is_tls || front_is_https(config->public_url),
                          .host = http_request_header(request, "host")};

    memcpy(f.address, request->peer->address, sizeof f.address);
    if (front_has_proxy(config->trusted_proxies, f.address)) {
        const struct slice host = last_entry(request, "x-forwarded-host");
        f.host = host.length > 0 ? host : f.host;
        f.is_https = f.is_https || slice_equals_nocase(last_entry(request, "x-forwarded-proto"),
                                                       slice_from("https"));
        find_sender(config, request, f.address);
    }
    *ret_forwarded = f;
}

enum request_source forwarded_source(const struct config *config,
                                     const struct http_request *request)
{
    const struct slice site = http_request_header(request, "sec-fetch-site");
    const struct slice origin = http_request_header(request, "origin");
    struct forwarded f;

    if (site.data)
        return slice_is(site, "same-origin") || slice_is(site, "none") ? SOURCE_OURS
                                                                       : SOURCE_OTHER_SITE;
    if (!origin.data || front_is_same_origin(origin, slice_from(config->public_url)))
        return SOURCE_OURS;
    if (!slice_starts_with(origin, "https://") && !slice_starts_with(origin, "http://"))
        return SOURCE_OTHER_SITE; /* "null" and foreign schemes */
    forwarded_read(config, request, &f);
    return front_is_host_of(origin, f.host) ? SOURCE_OURS : SOURCE_OTHER_NAME;
}
