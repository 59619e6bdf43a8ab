// SPDX-License-Identifier: GPL-3.0-or-later
#include <criterion/criterion.h>
#include <string.h>

#include "common/err.h"
#include "server/http/message/target.h"

static char text[256];
static struct http_target target;

static int parse(const char *raw)
{
    memcpy(text, raw, strlen(raw) + 1);
    return http_target_parse(text, strlen(raw), &target);
}

static void check(const char *raw, const char *path, const char *query)
{
    cr_assert_eq(parse(raw), 0, "%s", raw);
    cr_assert(slice_is(target.path, path), "%s: %.*s", raw, SLICE_ARGS(target.path));
    cr_assert(slice_is(target.query, query), "%s: %.*s", raw, SLICE_ARGS(target.query));
}

Test(target, origin_form)
{
    check("/", "/", "");
    check("/a/b.m4s", "/a/b.m4s", "");
    check("/a/", "/a/", "");
    check("/a?b=c&d=%20", "/a", "b=c&d=%20");
    check("/a?", "/a", "");
    check("/a??x", "/a", "?x");
    check("/a;v=1/b,c:@!$&'()*+=~_-.", "/a;v=1/b,c:@!$&'()*+=~_-.", "");
}

Test(target, decodes_the_path_once)
{
    check("/b%C3%A0i%20h%E1%BB%8Dc",
          "/b\xc3\xa0i h\xe1\xbb\x8d"
          "c",
          "");
    check("/%41%7a", "/Az", "");
    check("/%252e", "/%2e", "");
    check("/a?%zz", "/a", "%zz");
}

Test(target, refuses_what_would_have_to_be_repaired)
{
    static const char *const BAD[] = {
        "/..",      "/../",    "/a/../b",     "/.",     "/./",       "/a/.",   "/a/..",
        "/%2e%2e/", "/%2E.",   "/..%2f",      "/a%2fb", "/a%2Fb",    "/a%5cb", "/a\\b",
        "/..;/",    "/..;a=b", "/.;",         "//",     "//etc",     "/a//b",  "/a//",
        "/%zz",     "/%",      "/%4",         "/%00",   "/a%0d%0ab", "/%7f",   "/%1f",
        "/%80",     "/%c0%ae", "/%ed%a0%80",  "/a b",   "/a\tb",     "/\x80",  "/\xc3\xa0",
        "/a#b",     "/?a#b",   "/a\"b",       "/<a>",   "/a|b",      "/[",     "/a?b c",
        "/a?\x7f",  "/%c2%85", "/a?\xc3\xa0",
    };

    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
        cr_assert_eq(parse(BAD[i]), ERR_INVALID, "%s", BAD[i]);
}

Test(target, dots_that_are_names_are_fine)
{
    check("/...", "/...", "");
    check("/.well-known/x", "/.well-known/x", "");
    check("/a..b", "/a..b", "");
    check("/..a", "/..a", "");
}

Test(target, absolute_form)
{
    check("http://h:80/a?b", "/a", "b");
    cr_assert(slice_is(target.authority, "h:80"));
    check("HTTPS://H/", "/", "");
    cr_assert(slice_is(target.authority, "H"));
    check("http://h", "/", "");
    check("http://h?q", "/", "q");
    cr_assert_eq(parse("http://"), ERR_INVALID);
    cr_assert_eq(parse("http:///a"), ERR_INVALID);
    cr_assert_eq(parse("http:/a"), ERR_INVALID);
    cr_assert_eq(parse("ftp://h/a"), ERR_INVALID);
    cr_assert_eq(parse("http://h/../a"), ERR_INVALID);
    cr_assert_eq(parse("http://h?a#b"), ERR_INVALID);
}

Test(target, other_forms)
{
    check("*", "*", "");
    cr_assert_eq(parse("*/x"), ERR_INVALID);
    cr_assert_eq(parse("admin"), ERR_INVALID);
    cr_assert_eq(parse("!"), ERR_INVALID);
    cr_assert_eq(parse("host:80"), ERR_INVALID);
    cr_assert_eq(parse(""), ERR_INVALID);
    cr_assert_eq(parse("?a"), ERR_INVALID);
}

static void check_authority(const char *raw, const char *expected)
{
    struct slice host;

    memcpy(text, raw, strlen(raw) + 1);
    const int err = http_authority_parse(text, strlen(raw), &host);
    cr_assert_eq(err, expected ? 0 : ERR_INVALID, "%s", raw);
    if (expected)
        cr_assert(slice_is(host, expected), "%s", raw);
}

Test(target, authorities)
{
    check_authority("Example.COM", "example.com");
    check_authority("h:8080", "h");
    check_authority("h:65535", "h");
    check_authority("127.0.0.1:1", "127.0.0.1");
    check_authority("[::1]:80", "[::1]");
    check_authority("[2001:DB8::1]", "[2001:db8::1]");
}

Test(target, refuses_strange_authorities)
{
    static const char *const BAD[] = {"",       " ",     "a b",     "a/b",      "a,b",
                                      "u@h",    "h:",    "h:99999", "h:-1",     "h:8a",
                                      "h:1:2",  ":80",   "[::1",    "[]",       "[x]",
                                      "[::1]x", "h\x01", "h?",      "h:000080", "\xc3\xa0"};

    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
        check_authority(BAD[i], NULL);
}
