// SPDX-License-Identifier: GPL-3.0-or-later
/* route.h - what a route is: a row with a method, a pattern of paths, a policy and a handler. Each
 * feature has a table of them; features/table.c lists the tables, route_index.h finds the row. */
#ifndef SERVER_WEB_ROUTE_H
#define SERVER_WEB_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/digest.h"
#include "common/id.h"
#include "common/slice.h"
#include "server/auth/policy.h"
#include "server/http/message/request.h"

enum { ROUTE_MAX_PARAMS = 4 };

struct db;
struct http_exchange;
struct http_problem;
struct services;

/* What a handler gets. Lives in the exchange's arena, as long as the exchange. */
struct call {
    struct http_exchange *x;
    const struct services *services; /* of the loop */
    struct actor actor;
    struct slice params[ROUTE_MAX_PARAMS]; /* what stands for each {…} of the pattern, in order */
    char object_id[ID_SIZE];               /* params[0] when that is an id, else "" */
    void (*handle)(struct call *call);     /* the route's */
    enum policy policy;                    /* the route's */
    bool has_session;                      /* the actor is who this session says: */
    uint8_t session_hash[SHA256_BYTES];
    bool is_near; /* of near_package.c: the package was made near */
};

/* A kind of object that policies ask for. A new kind is one of these, in its feature. */
struct object_kind {
    const char *name;
    /* The object with this id, as the viewer has it; one look at one key. Returns 0,
     * ERR_NOT_FOUND, or a failure. */
    int (*find)(struct db *db, const struct viewer *viewer, const char *id,
                struct object *ret_object);
};

struct route {
    enum http_method method;
    enum policy policy;
    const char *pattern;              /* "{name}" stands for one part of the path */
    const struct object_kind *object; /* what a policy of objects asks for; params[0] is its id */
    void (*handle)(struct call *call);
};

/* A row. Without a policy (or with 0) it does not compile. object_ is NULL or a kind's address. */
#define ROUTE(method_, pattern_, policy_, object_, handler_)                           \
    {                                                                                  \
        .method = (method_), .pattern = (pattern_),                                    \
        .policy = (enum policy)((policy_) + 0 * sizeof(char[(policy_) > 0 ? 1 : -1])), \
        .object = (object_), .handle = (handler_)                                      \
    }

/* The rows of a feature, or of one file of it, and the refusals that it alone has. */
struct route_table {
    const char *name; /* for people */
    const struct route *routes;
    size_t n_routes;
    const struct http_problem *problems; /* what many need is in problem.c */
    size_t n_problems;
};

#define ROUTE_TABLE(name_, routes_)                                                            \
    {                                                                                          \
        .name = (name_), .routes = (routes_), .n_routes = sizeof(routes_) / sizeof(routes_)[0] \
    }

#define ROUTE_TABLE_WITH_PROBLEMS(name_, routes_, problems_)                                    \
    {                                                                                           \
        .name = (name_), .routes = (routes_), .n_routes = sizeof(routes_) / sizeof(routes_)[0], \
        .problems = (problems_), .n_problems = sizeof(problems_) / sizeof(problems_)[0]         \
    }

#endif
