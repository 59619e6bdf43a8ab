// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/web/route_index.h"

#include <criterion/criterion.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"

static struct slice params[ROUTE_MAX_PARAMS];

static void nothing(struct call *call)
{
    (void)call;
}

static int find_nothing(struct db *db, const struct viewer *viewer, const char *id,
                        struct object *ret_object)
{
    (void)db;
    (void)id;
    (void)viewer;
    (void)ret_object;
    return ERR_NOT_FOUND;
}

static const struct object_kind THING = {"thing", find_nothing};

#define ROW(method, pattern) ROUTE(method, pattern, POLICY_ANYONE, NULL, nothing)

static const struct route ROWS[] = {
    ROW(HTTP_GET, "/"),
    ROW(HTTP_GET, "/healthz"),
    ROW(HTTP_GET, "/a/{id}"),
    ROW(HTTP_DELETE, "/a/{id}"),
    ROW(HTTP_HEAD, "/u/{id}"),
    ROW(HTTP_GET, "/a/new"),
    ROW(HTTP_GET, "/v/{token}/{package}/{name}/media.m3u8"),
    ROW(HTTP_GET, "/v/{token}/{package}/{name}/{segment}"),
    ROW(HTTP_GET, "/v/{token}/{package}/all.m3u8"),
    ROW(HTTP_POST, "/a/new/{id}"),
};
static const struct route_table TABLE = ROUTE_TABLE("test", ROWS);
static const struct route_table *const TABLES[] = {&TABLE};
static struct route_index *table_index;

static void start(void)
{
    struct buf fault = buf_with_limit(200);

    cr_assert_eq(route_index_new(TABLES, 1, &fault, &table_index), 0, "%s", fault.data);
}

static void stop(void)
{
    route_index_free(table_index);
}

TestSuite(route_index, .init = start, .fini = stop);

static const struct route *find(enum http_method method, const char *path, unsigned *allowed)
{
    return route_index_find(table_index, method, slice_from(path), params, allowed);
}

/* The pattern that answers GET, or "" */
static const char *pattern_of(const char *path)
{
    unsigned allowed;
    const struct route *route = find(HTTP_GET, path, &allowed);

    return route ? route->pattern : "";
}

Test(route_index, named_parts_match_exactly)
{
    cr_assert_str_eq(pattern_of("/healthz"), "/healthz");
    cr_assert_str_eq(pattern_of("/healthz/"), "");
    cr_assert_str_eq(pattern_of("/health"), "");
    cr_assert_str_eq(pattern_of("/"), "/");
    cr_assert_str_eq(pattern_of(""), "");
    cr_assert_str_eq(pattern_of("healthz"), "");
}

Test(route_index, open_parts_take_one_part_and_never_an_empty_one)
{
    cr_assert_str_eq(pattern_of("/v/t/p/v240/7.m4s"), "/v/{token}/{package}/{name}/{segment}");
    cr_assert(slice_is(params[0], "t"));
    cr_assert(slice_is(params[1], "p"));
    cr_assert(slice_is(params[2], "v240"));
    cr_assert(slice_is(params[3], "7.m4s"));
    cr_assert_str_eq(pattern_of("/v/t/p/v240/7.m4s/x"), "");
    cr_assert_str_eq(pattern_of("/a/"), "");
    cr_assert_str_eq(pattern_of("/v//p/all.m3u8"), "");
}

Test(route_index, a_named_part_goes_before_an_open_one_and_the_open_one_is_tried_after_it)
{
    cr_assert_str_eq(pattern_of("/v/t/p/v240/media.m3u8"), ROWS[6].pattern);
    cr_assert_str_eq(pattern_of("/a/new"), "/a/new");
    cr_assert_str_eq(pattern_of("/v/t/p/all.m3u8"), ROWS[8].pattern);
    cr_assert_str_eq(pattern_of("/v/t/p/all.m3u8/7.m4s"), ROWS[7].pattern);
    cr_assert(slice_is(params[2], "all.m3u8"));
}

Test(route_index, head_is_answered_by_get_rows_too)
{
    unsigned allowed;

    cr_assert_eq(find(HTTP_HEAD, "/a/1", &allowed), &ROWS[2]);
    cr_assert_eq(find(HTTP_HEAD, "/u/1", &allowed), &ROWS[4]);
    cr_assert_null(find(HTTP_GET, "/u/1", &allowed));
    cr_assert_eq(allowed, 1U << HTTP_HEAD);
}

Test(route_index, a_known_path_tells_its_methods_and_an_unknown_one_none)
{
    unsigned allowed;

    cr_assert_null(find(HTTP_POST, "/a/1", &allowed));
    cr_assert_eq(allowed, 1U << HTTP_GET | 1U << HTTP_DELETE);
    cr_assert_null(find(HTTP_POST, "/a/new", &allowed));
    cr_assert_eq(allowed, 1U << HTTP_GET | 1U << HTTP_DELETE, "of both rows that take it");
    cr_assert_eq(find(HTTP_DELETE, "/a/new", &allowed), &ROWS[3]);
    cr_assert_null(find(HTTP_GET, "/b", &allowed));
    cr_assert_eq(allowed, 0);
}

/* The fault that two rows have, "" for none. */
static const char *fault_of(struct route one, struct route other)
{
    static char text[300];
    CLEANUP(buf_clear) struct buf fault = buf_with_limit(sizeof text - 1);
    const struct route rows[] = {one, other};
    const struct route_table tables[2] = {{.name = "one", .routes = &rows[0], .n_routes = 1},
                                          {.name = "other", .routes = &rows[1], .n_routes = 1}};
    const struct route_table *const list[] = {&tables[0], &tables[1]};
    struct route_index *made = NULL;

    const int err = route_index_new(list, 2, &fault, &made);
    cr_assert_eq(err, fault.length ? ERR_INVALID : 0);
    route_index_free(made);
    (void)slice_to_cstr(buf_slice(&fault), text, sizeof text);
    return text;
}

#define FAULT(one, other) fault_of((struct route)one, (struct route)other)
#define FINE              ROW(HTTP_GET, "/fine")

Test(route_index, rows_that_stand_in_each_others_way_are_refused)
{
    cr_assert_str_eq(FAULT(ROW(HTTP_GET, "/a/{x}"), ROW(HTTP_GET, "/a/{y}")),
                     "route GET /a/{y} of other stands there twice");
    cr_assert_neq(strstr(FAULT(ROW(HTTP_GET, "/a/{x}/c"), ROW(HTTP_POST, "/a/b/{y}")),
                         "takes paths that another row takes, too"),
                  NULL);
    cr_assert_str_eq(FAULT(ROW(HTTP_GET, "/a/{x}"), ROW(HTTP_POST, "/a/{y}")), "");
    cr_assert_str_eq(FAULT(ROW(HTTP_GET, "/a/{x}"), ROW(HTTP_GET, "/a/b")), "");
    cr_assert_str_eq(FAULT(ROW(HTTP_GET, "/a/{x}/c"), ROW(HTTP_GET, "/a/b/d")), "");
}

Test(route_index, rows_that_can_never_work_are_refused)
{
    cr_assert_neq(*FAULT(FINE, ROW(HTTP_GET, "fine")), '\0');
    cr_assert_neq(*FAULT(FINE, ROW(HTTP_GET, "")), '\0');
    cr_assert_neq(*FAULT(FINE, ROW(HTTP_GET, "/a//b")), '\0');
    cr_assert_neq(*FAULT(FINE, ROW(HTTP_GET, "/a/")), '\0');
    cr_assert_neq(*FAULT(FINE, ROW(HTTP_GET, "/{a}/{b}/{c}/{d}/{e}")), '\0');
    cr_assert_neq(*FAULT(FINE, ROUTE(HTTP_GET, "/a/{b}", POLICY_OWNER, NULL, nothing)), '\0');
    cr_assert_neq(*FAULT(FINE, ROUTE(HTTP_GET, "/a/{b}", POLICY_ANYONE, &THING, nothing)), '\0');
    cr_assert_neq(*FAULT(FINE, ROUTE(HTTP_GET, "/a/b", POLICY_VISIBLE, &THING, nothing)), '\0');
    cr_assert_neq(*FAULT(FINE, ROUTE(HTTP_GET, "/a/b", POLICY_ANYONE, NULL, NULL)), '\0');
    cr_assert_neq(
        *FAULT(FINE, ((struct route){.method = HTTP_GET, .pattern = "/a/b", .handle = nothing})),
        '\0');
    cr_assert_str_eq(FAULT(FINE, ROUTE(HTTP_GET, "/a/{b}", POLICY_VISIBLE, &THING, nothing)), "");
}
