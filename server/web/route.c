// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/web/route.h"

/* Cuts the first part off "/a/b/c": returns "a" and leaves "/b/c", or a NULL slice at the end. */
static struct slice take_part(struct slice *rest)
{
    if (rest->length == 0 || rest->data[0] != '/')
        return slice_of(NULL, 0);
    size_t end = 1;
    while (end < rest->length && rest->data[end] != '/')
        end++;
    const struct slice part = slice_of(rest->data + 1, end - 1);
    *rest = slice_skip(*rest, end);
    return part;
}

bool route_matches(const char *pattern, struct slice path, struct slice params[ROUTE_MAX_PARAMS])
{
    struct slice wanted_rest = slice_from(pattern);
    struct slice path_rest = path;
    size_t n_params = 0;

    for (;;) {
        const struct slice wanted = take_part(&wanted_rest);
        if (slice_is(wanted, "*"))
            return true;
        const struct slice part = take_part(&path_rest);
        if (!wanted.data || !part.data)
            return !wanted.data && !part.data;
        if (wanted.length > 0 && wanted.data[0] == '{') {
            if (part.length == 0)
                return false;
            params[n_params++] = part;
        } else if (!slice_equals(wanted, part)) {
            return false;
        }
    }
}

const struct route *route_find(const struct route *routes, size_t n_routes, enum http_method method,
                               struct slice path, struct slice params[ROUTE_MAX_PARAMS],
                               unsigned *ret_allowed)
{
    const enum http_method wanted = method == HTTP_HEAD ? HTTP_GET : method;
    unsigned allowed = 0;

    for (size_t i = 0; i < n_routes; i++) {
        const struct route *route = &routes[i];
        if (!route_matches(route->pattern, path, params))
            continue;
        if (route->method == method || route->method == wanted)
            return route;
        allowed |= 1U << route->method;
    }
    *ret_allowed = allowed;
    return NULL;
}
