// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/web/route.h"

#include <criterion/criterion.h>

static struct slice params[ROUTE_MAX_PARAMS];

static bool matches(const char *pattern, const char *path)
{
    return route_matches(pattern, slice_from(path), params);
}

Test(route, literal_parts_match_exactly)
{
    cr_assert(matches("/healthz", "/healthz"));
    cr_assert_not(matches("/healthz", "/healthz/"));
    cr_assert_not(matches("/healthz", "/health"));
    cr_assert_not(matches("/healthz", "/"));
    cr_assert(matches("/", "/"));
}

Test(route, braces_take_one_part_and_never_an_empty_one)
{
    cr_assert(matches("/v/{token}/{package}/{name}/media.m3u8", "/v/t/p/v240/media.m3u8"));
    cr_assert(slice_is(params[0], "t"));
    cr_assert(slice_is(params[2], "v240"));
    cr_assert_not(matches("/v/{token}/{package}", "/v/t/p/x"));
    cr_assert_not(matches("/v/{token}/{package}", "/v//p"));
}

Test(route, a_star_takes_the_rest)
{
    cr_assert(matches("/*", "/"));
    cr_assert(matches("/*", "/a/b/c"));
    cr_assert_not(matches("/x/*", "/y/a"));
}

static void nothing(struct call *call)
{
    (void)call;
}

static const struct route TABLE[] = {
    ROUTE(HTTP_GET, "/a/{id}", POLICY_ANYONE, OBJECT_NONE, nothing),
    ROUTE(HTTP_DELETE, "/a/{id}", POLICY_OWNER, OBJECT_LECTURE, nothing),
    ROUTE(HTTP_HEAD, "/u/{id}", POLICY_OWNER, OBJECT_LECTURE, nothing),
};

static const struct route *find(enum http_method method, const char *path, unsigned *allowed)
{
    *allowed = 0;
    return route_find(TABLE, 3, method, slice_from(path), params, allowed);
}

Test(route, head_is_answered_by_get_rows_too)
{
    unsigned allowed;

    cr_assert_eq(find(HTTP_HEAD, "/a/1", &allowed), &TABLE[0]);
    cr_assert_eq(find(HTTP_HEAD, "/u/1", &allowed), &TABLE[2]);
    cr_assert_null(find(HTTP_GET, "/u/1", &allowed));
    cr_assert_eq(allowed, 1U << HTTP_HEAD);
}

Test(route, a_known_path_tells_its_methods_and_an_unknown_one_none)
{
    unsigned allowed;

    cr_assert_null(find(HTTP_POST, "/a/1", &allowed));
    cr_assert_eq(allowed, 1U << HTTP_GET | 1U << HTTP_DELETE);
    cr_assert_null(find(HTTP_GET, "/b", &allowed));
    cr_assert_eq(allowed, 0);
}
