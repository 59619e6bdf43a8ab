// SPDX-License-Identifier: GPL-3.0-or-later
/* route.h - what a route is, and how a path finds its own. Matching is pure. */
#ifndef SERVER_WEB_ROUTE_H
#define SERVER_WEB_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/digest.h"
#include "common/slice.h"
#include "server/auth/policy.h"
#include "server/http/message/request.h"

enum { ROUTE_MAX_PARAMS = 4 };

struct http_exchange;
struct services;

/* What a handler gets. Lives in the exchange's arena, as long as the exchange. */
struct call {
    struct http_exchange *x;
    const struct services *services; /* of the loop */
    struct actor actor;
    struct slice params[ROUTE_MAX_PARAMS]; /* what stands for each {…} of the pattern, in order */
    void (*handle)(struct call *call);     /* the route's */
    enum policy policy;                    /* the route's */
    bool has_session;                      /* the actor is who this session says: */
    uint8_t session_hash[SHA256_BYTES];
    bool is_near; /* of near_package.c: the package was made near */
};

/* Whose owner POLICY_OWNER asks for; params[0] is its id. */
enum object_kind { OBJECT_NONE, OBJECT_LECTURE };

struct route {
    enum http_method method;
    const char *pattern; /* "{name}" stands for one part of the path, a last "*" for all the rest */
    enum policy policy;
    enum object_kind object;
    void (*handle)(struct call *call);
};

/* A row of the table. Without a policy (or with 0) it does not compile. */
#define ROUTE(method_, pattern_, policy_, object_, handler_)                           \
    {                                                                                  \
        .method = (method_), .pattern = (pattern_),                                    \
        .policy = (enum policy)((policy_) + 0 * sizeof(char[(policy_) > 0 ? 1 : -1])), \
        .object = (object_), .handle = (handler_)                                      \
    }

/* Whether the path is of the pattern; then params are set (borrowed from path). */
bool route_matches(const char *pattern, struct slice path, struct slice params[ROUTE_MAX_PARAMS]);

/* The first route of that method (GET also answers HEAD) whose pattern matches, or NULL; then
 * *ret_allowed has a bit (1 << method) for every method that some matching pattern has: 0 means
 * that there is no such path. */
const struct route *route_find(const struct route *routes, size_t n_routes, enum http_method method,
                               struct slice path, struct slice params[ROUTE_MAX_PARAMS],
                               unsigned *ret_allowed);

#endif
