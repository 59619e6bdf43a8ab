// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/web/route_index.h"

#include <stdlib.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/err.h"

enum {
    N_METHODS = HTTP_OPTIONS + 1,
    INDEX_BYTES = 1 << 20, /* thousands of rows */
    MAX_PARTS = 16,
};

/* A part of a path, below those before it. */
struct node {
    struct slice part;  /* of its patterns; {…} and * are found by their places below */
    struct node *next;  /* another part in the same place */
    struct node *parts; /* what may follow: parts that are named, */
    struct node *any;   /* one that is left open */
    const struct route *rows[N_METHODS];
};

struct route_index {
    struct arena arena; /* of all nodes */
    struct node root;
};

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

static bool is_open(struct slice part)
{
    return part.length > 0 && part.data[0] == '{';
}

static struct node *named_part(const struct node *node, struct slice part)
{
    struct node *child = node->parts;

    while (child && !slice_equals(child->part, part))
        child = child->next;
    return child;
}

/* ---- making ---- */

static struct node *add_part(struct route_index *index, struct node *parent, struct slice part)
{
    struct node *node = is_open(part) ? parent->any : named_part(parent, part);

    if (node)
        return node;
    node = arena_alloc(&index->arena, sizeof *node);
    if (!node)
        return NULL;
    *node = (struct node){.part = part};
    if (is_open(part)) {
        parent->any = node;
    } else {
        node->next = parent->parts;
        parent->parts = node;
    }
    return node;
}

/* What is wrong with a row by itself, or NULL. */
static const char *fault_of(const struct route *route)
{
    struct slice rest = slice_from(route->pattern);
    size_t n_open = 0, n_parts = 0;

    if (route->policy < POLICY_ANYONE || !route->handle)
        return "has no policy or no handler";
    for (struct slice part = take_part(&rest); part.data; part = take_part(&rest)) {
        n_open += is_open(part);
        n_parts++;
        if (part.length == 0 && n_parts > 1)
            return "has an empty part, which no path has";
    }
    if (rest.length > 0 || n_parts == 0)
        return "does not begin with a slash";
    if (n_parts > MAX_PARTS || n_open > ROUTE_MAX_PARAMS)
        return "has too many parts";
    if (policy_has_object(route->policy) != (route->object != NULL))
        return "has a policy of objects and no object, or the other way round";
    return route->object && n_open == 0 ? "does not say which object" : NULL;
}

static int add_row(struct route_index *index, const struct route *route, const char **ret_fault)
{
    struct node *node = &index->root;
    struct slice rest = slice_from(route->pattern);

    *ret_fault = fault_of(route);
    if (*ret_fault)
        return ERR_INVALID;
    for (struct slice part = take_part(&rest); part.data; part = take_part(&rest)) {
        node = add_part(index, node, part);
        if (!node)
            return ERR_NO_MEMORY;
    }
    if (node->rows[route->method]) {
        *ret_fault = "stands there twice";
        return ERR_INVALID;
    }
    node->rows[route->method] = route;
    return 0;
}

/* Whether some path is of both patterns and neither is the more exact one: /a/{x} and /{y}/b. */
static bool is_ambiguous(const char *one, const char *other)
{
    struct slice a_rest = slice_from(one), b_rest = slice_from(other);
    bool is_a_exact = false, is_b_exact = false;

    for (;;) {
        const struct slice a = take_part(&a_rest);
        const struct slice b = take_part(&b_rest);
        if (!a.data || !b.data)
            return !a.data && !b.data && is_a_exact && is_b_exact;
        if (is_open(a) && !is_open(b))
            is_b_exact = true;
        else if (!is_open(a) && is_open(b))
            is_a_exact = true;
        else if (!is_open(a) && !slice_equals(a, b))
            return false;
    }
}

static int check_against(const struct route *route, const struct route_table *table,
                         const char **ret_fault)
{
    for (size_t i = 0; i < table->n_routes; i++) {
        if (is_ambiguous(route->pattern, table->routes[i].pattern)) {
            *ret_fault = "takes paths that another row takes, too";
            return ERR_INVALID;
        }
    }
    return 0;
}

static int add_table(struct route_index *index, const struct route_table *const *tables, size_t at,
                     struct buf *fault)
{
    const struct route_table *table = tables[at];
    const char *cause = NULL;
    int err = 0;

    for (size_t i = 0; i < table->n_routes && !err; i++) {
        const struct route *route = &table->routes[i];
        err = add_row(index, route, &cause);
        for (size_t other = 0; other <= at && !err; other++)
            err = check_against(route, tables[other], &cause);
        if (cause)
            buf_printf(fault, "route %s %s of %s %s", http_method_name(route->method),
                       route->pattern, table->name, cause);
    }
    return err;
}

int route_index_new(const struct route_table *const *tables, size_t n_tables, struct buf *fault,
                    struct route_index **ret_index)
{
    struct route_index *index = calloc(1, sizeof *index);
    int err = index ? 0 : ERR_NO_MEMORY;

    if (err)
        return err;
    index->arena = arena_with_limit(INDEX_BYTES);
    for (size_t i = 0; i < n_tables && !err; i++)
        err = add_table(index, tables, i, fault);
    if (err) {
        route_index_free(index);
        return err;
    }
    *ret_index = index;
    return 0;
}

void route_index_free(struct route_index *index)
{
    if (!index)
        return;
    arena_clear(&index->arena);
    free(index);
}

/* ---- finding ---- */

struct search {
    enum http_method method;
    struct slice *params;
    unsigned allowed;
};

static const struct route *find_row(const struct node *node, struct search *search)
{
    const struct route *row = node->rows[search->method];

    if (!row && search->method == HTTP_HEAD)
        row = node->rows[HTTP_GET];
    for (unsigned method = 0; !row && method < N_METHODS; method++)
        search->allowed |= node->rows[method] ? 1U << method : 0;
    return row;
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as patterns have parts, MAX_PARTS */
static const struct route *find_below(const struct node *node, struct slice rest, size_t n_params,
                                      struct search *search)
{
    const struct route *row = NULL;
    const struct slice part = take_part(&rest);

    if (!part.data)
        return rest.length == 0 ? find_row(node, search) : NULL;
    const struct node *named = named_part(node, part);
    if (named)
        row = find_below(named, rest, n_params, search);
    if (!row && node->any && part.length > 0) {
        search->params[n_params] = part;
        row = find_below(node->any, rest, n_params + 1, search);
    }
    return row;
}

const struct route *route_index_find(const struct route_index *index, enum http_method method,
                                     struct slice path, struct slice params[ROUTE_MAX_PARAMS],
                                     unsigned *ret_allowed)
{
    struct search search = {.method = method, .params = params};

    const struct route *row = find_below(&index->root, path, 0, &search);
    *ret_allowed = search.allowed;
    return row;
}
