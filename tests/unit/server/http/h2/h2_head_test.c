// SPDX-License-Identifier: GPL-3.0-or-later
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/err.h"
#include "server/http/h2/h2_head.h"
#include "tests/unit/support/dice.h"

enum { TEXT_SIZE = 3 * HTTP_MAX_HEAD_BYTES };

static struct h2_draft draft;
static struct h2_head head;
static struct http_header fields[H2_MAX_DRAFT_FIELDS + 1];
static char text[TEXT_SIZE];

static void add(const char *name, const char *value)
{
    h2_draft_add(&draft, slice_from(name), slice_from(value));
}

/* "name: value" lines; what a line begins with a colon is a pseudo-field. */
static void add_lines(const char *lines)
{
    struct slice rest = slice_from(lines);

    while (rest.length > 0) {
        const struct slice line = slice_split(&rest, '\n');
        size_t at = 1;
        while (at + 1 < line.length && memcmp(line.data + at, ": ", 2) != 0)
            at++;
        h2_draft_add(&draft, slice_of(line.data, at), slice_skip(line, at + 2));
    }
}

static int parse_draft(bool is_last)
{
    cr_assert_leq(h2_draft_text_size(&draft), TEXT_SIZE);
    return h2_head_parse(&draft, is_last, text, fields, &head);
}

static int parse(const char *lines, bool is_last)
{
    h2_draft_reset(&draft);
    add_lines(lines);
    return parse_draft(is_last);
}

static void check(const char *lines, int expected)
{
    const int got = parse(lines, true);

    cr_expect_eq(got, expected, "%d instead of %d for\n%s", got, expected, lines);
}

/* One that has nothing unusual but the given lines. */
static void check_field(const char *lines, int expected)
{
    char all[1024];

    snprintf(all, sizeof all, ":method: GET\n:scheme: https\n:path: /\n:authority: h\n%s", lines);
    check(all, expected);
}

static void check_path(const char *path, int expected)
{
    char all[1024];

    snprintf(all, sizeof all, ":method: GET\n:scheme: https\n:path: %s\n:authority: h", path);
    check(all, expected);
}

static const char *value_of(const char *name)
{
    static char value[TEXT_SIZE];
    const struct http_request request = {.headers = fields, .n_headers = head.n_fields};
    const struct slice found = http_request_header(&request, name);

    if (!found.data)
        return "(none)";
    snprintf(value, sizeof value, "%.*s", SLICE_ARGS(found));
    return value;
}

Test(h2_head, maps_pseudo_fields_to_a_request)
{
    cr_assert_eq(parse(":method: PUT\n:scheme: https\n:path: /a%20b?c=d\n:authority: Host.vn:8443\n"
                       "accept: */*\nx-empty: ",
                       true),
                 0);
    cr_assert_eq(head.method, HTTP_PUT);
    cr_assert(slice_is(head.path, "/a b"));
    cr_assert(slice_is(head.query, "c=d"));
    cr_assert(slice_is(head.host, "host.vn"));
    cr_assert_eq(head.n_fields, 3);
    cr_assert_str_eq(value_of("accept"), "*/*");
    cr_assert_str_eq(value_of("x-empty"), "");
}

Test(h2_head, gives_handlers_the_authority_as_host)
{
    cr_assert_eq(parse(":method: GET\n:scheme: https\n:path: /\n:authority: h:1", true), 0);
    cr_assert_str_eq(value_of("host"), "h:1");
    cr_assert_eq(parse(":method: GET\n:scheme: https\n:path: /\nhost: h:1", true), 0);
    cr_assert_str_eq(value_of("host"), "h:1");
    cr_assert(slice_is(head.host, "h"));
    cr_assert_eq(head.n_fields, 1);
    cr_assert_eq(parse(":method: GET\n:scheme: https\n:path: /\n:authority: h:1\nhost: H:1", true),
                 0);
    cr_assert_eq(head.n_fields, 1);
}

Test(h2_head, refuses_two_hosts_that_disagree)
{
    check(":method: GET\n:scheme: https\n:path: /\n:authority: a\nhost: b", ERR_INVALID);
    check(":method: GET\n:scheme: https\n:path: /\n:authority: a:1\nhost: a:2", ERR_INVALID);
}

Test(h2_head, joins_cookies)
{
    cr_assert_eq(parse(":method: GET\n:scheme: https\n:path: /\n:authority: h\ncookie: a=1\n"
                       "x: y\ncookie: b=2\ncookie: c",
                       true),
                 0);
    cr_assert_str_eq(value_of("cookie"), "a=1; b=2; c");
    cr_assert_eq(head.n_fields, 3);
    cr_assert_eq(parse(":method: GET\n:scheme: https\n:path: /\n:authority: h\ncookie: a=1; b=2",
                       true),
                 0);
    cr_assert_str_eq(value_of("cookie"), "a=1; b=2");
}

Test(h2_head, needs_each_pseudo_field_once)
{
    check(":scheme: https\n:path: /\n:authority: h", ERR_INVALID);
    check(":method: GET\n:path: /\n:authority: h", ERR_INVALID);
    check(":method: GET\n:scheme: https\n:authority: h", ERR_INVALID);
    check(":method: GET\n:scheme: https\n:path: /", 400);
    check_field(":method: GET", ERR_INVALID);
    check_field(":path: /", ERR_INVALID);
    check_field(":scheme: https", ERR_INVALID);
    check_field(":authority: h", ERR_INVALID);
}

Test(h2_head, refuses_other_pseudo_fields)
{
    check_field(":status: 200", ERR_INVALID);
    check_field(":protocol: websocket", ERR_INVALID);
    check_field(":foo: bar", ERR_INVALID);
    h2_draft_reset(&draft);
    add(":", "x");
    cr_assert_eq(parse_draft(true), ERR_INVALID);
}

Test(h2_head, refuses_pseudo_fields_behind_others)
{
    check(":method: GET\n:scheme: https\n:path: /\nx: y\n:authority: h", ERR_INVALID);
    check("x: y\n:method: GET\n:scheme: https\n:path: /\n:authority: h", ERR_INVALID);
}

Test(h2_head, refuses_malformed_names)
{
    static const char *const NAMES[] = {"Accept", "x y",   "x\r", "x\nfoo", "x(",
                                        "\x80",   "",      "x\t", "x:",     ":Method",
                                        "X",      "x\x7f", "x,y", "x\x01"};

    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        h2_draft_reset(&draft);
        add_lines(":method: GET\n:scheme: https\n:path: /\n:authority: h");
        add(NAMES[i], "v");
        cr_expect_eq(parse_draft(true), ERR_INVALID, "name %zu", i);
    }
}

Test(h2_head, refuses_malformed_values)
{
    static const char *const VALUES[] = {"a\rb", "a\nb",  "\n",    " a", "a ",       "\ta",
                                         "a\t",  "a\x01", "a\x7f", " ",  "a\r\nx: y"};

    for (size_t i = 0; i < sizeof VALUES / sizeof VALUES[0]; i++) {
        h2_draft_reset(&draft);
        add_lines(":method: GET\n:scheme: https\n:path: /\n:authority: h");
        add("x", VALUES[i]);
        cr_expect_eq(parse_draft(true), ERR_INVALID, "value %zu", i);
    }
    h2_draft_reset(&draft);
    h2_draft_add(&draft, slice_from("x"), slice_of("a\0b", 3));
    cr_expect_eq(parse_draft(true), ERR_INVALID);
    check_field("x: a b\tc\xc3\xa9", 0);
}

Test(h2_head, refuses_fields_of_a_connection)
{
    check_field("connection: close", ERR_INVALID);
    check_field("connection: x", ERR_INVALID);
    check_field("proxy-connection: keep-alive", ERR_INVALID);
    check_field("keep-alive: timeout=5", ERR_INVALID);
    check_field("transfer-encoding: chunked", ERR_INVALID);
    check_field("upgrade: h2c", ERR_INVALID);
    check_field("te: gzip", ERR_INVALID);
    check_field("te: trailers, gzip", ERR_INVALID);
    check_field("te: trailers", 0);
}

Test(h2_head, knows_methods)
{
    check(":method: OPTIONS\n:scheme: https\n:path: *\n:authority: h", 0);
    check(":method: FROB\n:scheme: https\n:path: /\n:authority: h", 501);
    check(":method: get\n:scheme: https\n:path: /\n:authority: h", 501);
    check(":method: G T\n:scheme: https\n:path: /\n:authority: h", ERR_INVALID);
    check(":method: \n:scheme: https\n:path: /\n:authority: h", ERR_INVALID);
    check(":method: CONNECT\n:authority: h:443", 501);
    check(":method: CONNECT\n:scheme: https\n:path: /\n:authority: h", ERR_INVALID);
    check(":method: CONNECT", ERR_INVALID);
}

Test(h2_head, wants_an_absolute_path)
{
    check_path("", ERR_INVALID);
    check_path("a", ERR_INVALID);
    check_path("*", ERR_INVALID);
    check_path("https://h/", ERR_INVALID);
    check_path("?a", ERR_INVALID);
}

Test(h2_head, is_as_strict_about_targets_as_http_1)
{
    check_path("/a#b", 400);
    check_path("/a b", 400);
    check_path("/../a", 400);
    check_path("/%2e%2e/a", 400);
    check_path("//a", 400);
    check_path("/%zz", 400);
    check_path("/%00", 400);
    check_path("/a%2fb", 400);
    check_path("/a\\b", 400);
    check_path("/\x80", 400);
    check_path("/a/b?c=%20&d", 0);
}

Test(h2_head, refuses_long_targets)
{
    static char path[HTTP_MAX_TARGET_BYTES + 2];

    for (int longer = 0; longer < 2; longer++) {
        memset(path, 'a', sizeof path - 1);
        path[0] = '/';
        path[HTTP_MAX_TARGET_BYTES + longer] = '\0';
        h2_draft_reset(&draft);
        add_lines(":method: GET\n:scheme: https\n:authority: h");
        add(":path", path);
        cr_assert_eq(parse_draft(true), longer ? 414 : 0);
    }
}

Test(h2_head, refuses_malformed_authorities)
{
    static const char *const HOSTS[] = {"", "a b", "a/b", "u@h", "h:99999", "h:", "a,b", "[::1"};

    for (size_t i = 0; i < sizeof HOSTS / sizeof HOSTS[0]; i++) {
        h2_draft_reset(&draft);
        add_lines(":method: GET\n:scheme: https\n:path: /");
        add(":authority", HOSTS[i]);
        cr_expect_eq(parse_draft(true), 400, "host %s", HOSTS[i]);
    }
}

Test(h2_head, serves_http_and_https)
{
    check(":method: GET\n:scheme: http\n:path: /\n:authority: h", 0);
    check(":method: GET\n:scheme: ftp\n:path: /\n:authority: h", 400);
    check(":method: GET\n:scheme: https://h\n:path: /\n:authority: h", 400);
    check(":method: GET\n:scheme: \n:path: /\n:authority: h", 400);
}

Test(h2_head, reads_the_length_of_a_body)
{
    const char *with = ":method: POST\n:scheme: https\n:path: /\n:authority: h\ncontent-length: 5";

    cr_assert_eq(parse(with, false), 0);
    cr_assert(head.has_body);
    cr_assert_eq(head.content_length, 5);
    cr_assert_eq(parse(with, true), ERR_INVALID);
    cr_assert_eq(parse(":method: POST\n:scheme: https\n:path: /\n:authority: h", false), 0);
    cr_assert(head.has_body);
    cr_assert_eq(head.content_length, HTTP_LENGTH_UNKNOWN);
    cr_assert_eq(parse(":method: POST\n:scheme: https\n:path: /\n:authority: h", true), 0);
    cr_assert_not(head.has_body);
    cr_assert_eq(head.content_length, 0);
    check_field("content-length: 0", 0);
    cr_assert(head.has_body);
}

Test(h2_head, refuses_lengths_in_doubt)
{
    check_field("content-length: 0\ncontent-length: 0", ERR_INVALID);
    check_field("content-length: +0", ERR_INVALID);
    check_field("content-length: 0x0", ERR_INVALID);
    check_field("content-length: ", ERR_INVALID);
    check_field("content-length: 99999999999999999999", ERR_INVALID);
}

Test(h2_head, refuses_repeated_fields_as_http_1_does)
{
    check_field("range: bytes=0-\nrange: bytes=1-", 400);
    check_field("host: h\nhost: h", 400);
    check_field("accept: a\naccept: b", 0);
}

Test(h2_head, knows_one_expectation)
{
    check_field("expect: x", 417);
    check_field("expect: 100-continue", 0);
    cr_assert_not(head.expects_continue); /* nothing follows */
    cr_assert_eq(parse(":method: POST\n:scheme: https\n:path: /\n:authority: h\n"
                       "expect: 100-Continue",
                       false),
                 0);
    cr_assert(head.expects_continue);
}

Test(h2_head, says_that_it_is_malformed_rather_than_refused)
{
    check_field("expect: x\nconnection: close", ERR_INVALID);
}

Test(h2_head, gives_the_priority_field)
{
    check_field("priority: u=1", 0);
    cr_assert(slice_is(head.priority, "u=1"));
    check_field("x: y", 0);
    cr_assert_null(head.priority.data);
}

static int parse_n_fields(size_t n, const char *name)
{
    h2_draft_reset(&draft);
    add_lines(":method: GET\n:scheme: https\n:path: /\n:authority: h");
    for (size_t i = 0; i < n; i++)
        add(name, "v");
    return parse_draft(true);
}

Test(h2_head, counts_fields_and_cookie_crumbs)
{
    cr_assert_eq(parse_n_fields(HTTP_MAX_FIELDS, "x"), 0);
    cr_assert_eq(parse_n_fields(HTTP_MAX_FIELDS + 1, "x"), 431);
    cr_assert_eq(parse_n_fields(HTTP_MAX_FIELDS, "cookie"), 0);
    cr_assert_eq(parse_n_fields(HTTP_MAX_FIELDS + 1, "cookie"), 431);
    cr_assert_eq(parse_n_fields(16000, "cookie"), 431);
    cr_assert_leq(draft.n_fields, H2_MAX_DRAFT_FIELDS);
}

Test(h2_head, counts_what_a_field_costs)
{
    static char value[HTTP_MAX_FIELD_BYTES + 1];

    memset(value, 'v', sizeof value - 1);
    h2_draft_reset(&draft);
    add_lines(":method: GET\n:scheme: https\n:path: /\n:authority: h");
    add("x", value);
    cr_assert_eq(parse_draft(true), 431); /* one byte too long */
    value[HTTP_MAX_FIELD_BYTES - 1] = '\0';
    h2_draft_reset(&draft);
    add_lines(":method: GET\n:scheme: https\n:path: /\n:authority: h");
    add("x", value);
    cr_assert_eq(parse_draft(true), 0);
    add("y", value);
    cr_assert_eq(parse_draft(true), 431);
    cr_assert_leq(draft.n_bytes, HTTP_MAX_HEAD_BYTES);
}

Test(h2_head, remembers_head_in_a_refusal)
{
    check(":method: HEAD\n:scheme: https\n:path: /\n:authority: h\nexpect: x", 417);
    cr_assert_eq(head.method, HTTP_HEAD);
}

Test(h2_head, accepts_good_trailers_only)
{
    static const struct {
        const char *lines;
        bool is_good;
    } CASES[] = {
        {"x-checksum: 1", true},      {"", true},      {":status: 200", false}, {":path: /", false},
        {"connection: close", false}, {"X: y", false}, {"x: y ", false}};

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        h2_draft_reset(&draft);
        add_lines(CASES[i].lines);
        cr_expect_eq(h2_trailers_are_good(&draft), CASES[i].is_good, "%s", CASES[i].lines);
    }
}

/* Whatever comes: a verdict, and only slices into the memory that was asked for. */
Test(h2_head, survives_random_fields)
{
    static const char *const NAMES[] = {":method", ":path",         ":scheme", ":authority",
                                        "cookie",  "host",          "expect",  "te",
                                        "x",       "content-length"};
    int n_good = 0;

    for (int round = 0; round < 20000; round++) {
        h2_draft_reset(&draft);
        if (dice(2))
            add_lines(":method: GET\n:scheme: https\n:path: /\n:authority: h");
        for (int n = dice(5); n > 0; n--) {
            char value[8] = "";
            for (int i = 0, length = dice(7); i < length; i++)
                value[i] = "/ah:; 1\r\x80*"[dice(11)];
            add(NAMES[dice(10)], value);
        }
        const size_t size = h2_draft_text_size(&draft);
        const int result = h2_head_parse(&draft, true, text, fields, &head);
        n_good += result == 0;
        cr_assert(result == 0 || result == ERR_INVALID || (result >= 400 && result <= 501));
        for (size_t i = 0; i < head.n_fields; i++) {
            if (!slice_is(fields[i].name, "cookie") && !slice_is(fields[i].name, "host"))
                cr_assert(fields[i].name.data >= text && fields[i].name.data < text + size);
            cr_assert_leq(fields[i].value.data + fields[i].value.length, text + size);
        }
    }
    cr_assert_gt(n_good, 100);
}
