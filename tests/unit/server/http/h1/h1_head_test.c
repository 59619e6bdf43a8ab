// SPDX-License-Identifier: GPL-3.0-or-later
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "server/http/h1/h1_head.h"
#include "server/http/message/limits.h"
#include "tests/unit/support/dice.h"

enum { TEXT_SIZE = 40000 };

static char text[TEXT_SIZE];
static struct http_header fields[HTTP_MAX_FIELDS + 1];
static struct h1_head head;

/* Scans in pieces of `step` bytes and parses; 0, ERR_AGAIN or the status. */
static int parse_by(const char *raw, size_t length, size_t step)
{
    struct h1_scan scan = {.at = 0};
    int result = ERR_AGAIN;

    memcpy(text, raw, length);
    for (size_t n = step < length ? step : length; result == ERR_AGAIN; n += step) {
        result = h1_scan(&scan, text, n < length ? n : length);
        if (n >= length)
            break;
    }
    if (result != 0)
        return result;
    memset(&head, 0, sizeof head);
    return h1_head_parse(text + scan.start, scan.at - scan.start, scan.n_lines, fields, &head);
}

/* At every step the outcome must be the same. */
static void check(const char *raw, int expected)
{
    for (size_t step = 1; step <= strlen(raw); step++) {
        const int got = parse_by(raw, strlen(raw), step);
        cr_assert_eq(got, expected, "by %zu: %d instead of %d for\n%s", step, got, expected, raw);
    }
}

/* One that has nothing wrong but the line in question. */
static void check_line(const char *line, int expected)
{
    char raw[512];

    snprintf(raw, sizeof raw, "GET / HTTP/1.1\r\nHost: h\r\n%s\r\n\r\n", line);
    check(raw, expected);
}

static void check_request_line(const char *line, int expected)
{
    char raw[512];

    snprintf(raw, sizeof raw, "%s\r\nHost: h\r\n\r\n", line);
    check(raw, expected);
}

Test(h1_head, understands_a_request)
{
    check("POST /a%20b?c=d HTTP/1.1\r\nHost: Ex.org:80\r\nContent-Length: 12\r\nX: y\r\n\r\n", 0);
    cr_assert_eq(head.method, HTTP_POST);
    cr_assert(slice_is(head.path, "/a b"));
    cr_assert(slice_is(head.query, "c=d"));
    cr_assert(slice_is(head.host, "ex.org"));
    cr_assert_eq(head.n_fields, 3);
    cr_assert(slice_is(fields[2].name, "X"));
    cr_assert(slice_is(fields[2].value, "y"));
    cr_assert(head.has_body && !head.is_chunked && head.content_length == 12);
    cr_assert(head.wants_keep_alive && !head.is_http_1_0 && !head.expects_continue);
}

Test(h1_head, waits_for_the_empty_line)
{
    check("GET / HTTP/1.1\r\nHost: h\r\n", ERR_AGAIN);
    check("GET / HTTP/1.1\r\nHost: h\r\n\r", ERR_AGAIN);
    check("G", ERR_AGAIN);
    check("\r\n", ERR_AGAIN);
}

Test(h1_head, takes_one_empty_line_before_a_request_and_no_more)
{
    check("\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", 0);
    check("\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", 400);
    check("\r\n\r\n", 400);
    check("\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", 400);
}

Test(h1_head, refuses_malformed_request_lines)
{
    static const char *const BAD[] = {
        "GET /",
        "GET  / HTTP/1.1",
        "GET /  HTTP/1.1",
        "GET\t/ HTTP/1.1",
        "GET /\tHTTP/1.1",
        "GET /\x0bHTTP/1.1",
        " GET / HTTP/1.1",
        "GET / HTTP/1.1 ",
        "GET / HTTP/1.1 x",
        "G\"T / HTTP/1.1",
        "G(T / HTTP/1.1",
        "GET: / HTTP/1.1",
        "GET / HTTP/1.32",
        "GET / HTTP/4294967295.255",
        "GET / http/1.1",
        "GET / HTTP/1.",
        "GET / HTTP/11",
        "GET / HTTP/1,1",
        "GET / HTTPS/1.1",
        "GET /",
        "GET",
        " ",
        "GET admin HTTP/1.1",
        "GET ! HTTP/1.1",
        "GET host:80 HTTP/1.1",
        "GET */x HTTP/1.1",
        "GET * HTTP/1.1",
        "GET /#frag HTTP/1.1",
        "GET /%zz HTTP/1.1",
        "GET /%00 HTTP/1.1",
        "GET /../ HTTP/1.1",
        "PRI * HTTP/2.0",
        "GET /\x80 HTTP/1.1",
        "GET /\x7f HTTP/1.1",
    };

    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
        check_request_line(BAD[i], 400);
}

Test(h1_head, tells_versions_apart)
{
    check_request_line("GET / HTTP/1.2", 0);
    check_request_line("GET / HTTP/2.0", 505);
    check_request_line("GET / HTTP/3.0", 505);
    check_request_line("GET / HTTP/0.9", 505);
    check_request_line("GET / HTTP/1.0", 0);
    cr_assert(head.is_http_1_0 && !head.wants_keep_alive);
}

Test(h1_head, unknown_methods_are_not_implemented)
{
    check_request_line("FROB / HTTP/1.1", 501);
    check_request_line("get / HTTP/1.1", 501);
    check_request_line("TRACE / HTTP/1.1", 501);
    check_request_line("CONNECT h:443 HTTP/1.1", 501);
    check_request_line("OPTIONS * HTTP/1.1", 0);
}

Test(h1_head, bare_line_feeds_and_carriage_returns_are_refused)
{
    check("GET / HTTP/1.1\nHost: h\n\n", 400);
    check("GET / HTTP/1.1\r\nHost: h\n\r\n", 400);
    check("GET / HTTP/1.1\r\nHost: h\r\n\n", 400);
    check("GET /\nHTTP/1.1\r\nHost: h\r\n\r\n", 400);
    check("GET / HTTP/1.1\r\nHost: h\r\n\rX", 400);
    check("GET / HTTP/1.1\r\nHost: h\r\r\n\r\n", 400);
    check("GET / HTTP/\r\r1.1\r\nHost: h\r\n\r\n", 400);
}

Test(h1_head, what_can_never_become_a_request_is_refused_at_once)
{
    cr_assert_eq(parse_by("\x16\x03\x01\x02", 4, 4), 400);
    cr_assert_eq(parse_by("GET /\0", 6, 6), 400);
    cr_assert_eq(parse_by("GET / HTTP/1.1\r\nA: \x01", 20, 20), 400);
}

Test(h1_head, host_is_needed_once_and_well_formed)
{
    check("GET / HTTP/1.1\r\n\r\n", 400);
    check("GET / HTTP/1.0\r\n\r\n", 0);
    cr_assert_eq(head.host.length, 0);
    check_line("Host: h", 400);
    check("GET / HTTP/1.1\r\nHost:\r\n\r\n", 400);
    check("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400);
    check("GET / HTTP/1.1\r\nHost: u@h\r\n\r\n", 400);
    check("GET / HTTP/1.1\r\nHost: h:99999\r\n\r\n", 400);
}

Test(h1_head, the_authority_of_an_absolute_form_wins)
{
    check("GET http://Other:81/x HTTP/1.1\r\nHost: h\r\n\r\n", 0);
    cr_assert(slice_is(head.host, "other"));
    cr_assert(slice_is(head.path, "/x"));
    check("GET http://u@h/ HTTP/1.1\r\nHost: h\r\n\r\n", 400);
    check("GET http://other/ HTTP/1.1\r\nHost: a b\r\n\r\n", 400);
}

Test(h1_head, refuses_malformed_fields)
{
    check_line("Name : v", 400);
    check_line(" folded", 400);
    check_line("X: a\r\n folded", 400);
    check_line(": v", 400);
    check_line("Name", 400);
    check_line("Content-Length 10", 400);
    check_line("N(: v", 400);
    check_line("N\x85: v", 400);
    check_line("X: a\x0b", 400);
    check("GET / HTTP/1.1\r\n Host: h\r\nHost: h\r\n\r\n", 400);
}

Test(h1_head, a_body_has_exactly_one_way_to_end)
{
    check_line("Content-Length: 5\r\nContent-Length: 5", 400);
    check_line("Content-Length: 5\r\nContent-Length: 6", 400);
    check_line("Content-Length: 5\r\nTransfer-Encoding: chunked", 400);
    check_line("Transfer-Encoding: chunked\r\nContent-Length: 5", 400);
    check_line("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", 400);
    check_line("Transfer-Encoding: gzip, chunked", 501);
    check_line("Transfer-Encoding: gzip, chunked\r\nContent-Length: 5", 400);
    check_line("Transfer-Encoding: gzip", 400);
    check_line("Content-Length: +5", 400);
    check("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400);
    check_line("Transfer-Encoding: chunked", 0);
    cr_assert(head.has_body && head.is_chunked && head.content_length == HTTP_LENGTH_UNKNOWN);
    check_line("Content-Length: 0", 0);
    cr_assert(head.has_body && head.content_length == 0);
    check_line("X: y", 0);
    cr_assert_not(head.has_body);
}

Test(h1_head, connection_decides_on_keep_alive)
{
    check_line("Connection: close", 0);
    cr_assert_not(head.wants_keep_alive);
    check_line("Connection: keep-alive\r\nConnection: close", 0);
    cr_assert_not(head.wants_keep_alive);
    check_line("Connection: Content-Length", 400);
    check("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 0);
    cr_assert(head.wants_keep_alive);
}

Test(h1_head, expectations)
{
    check_line("Content-Length: 5\r\nExpect: 100-Continue", 0);
    cr_assert(head.expects_continue);
    check_line("Expect: 100-continue", 0);
    cr_assert_not(head.expects_continue, "without a body there is nothing to wait for");
    check_line("Expect: x", 417);
    check_line("Expect: 100-continue\r\nExpect: 100-continue", 400);
}

static int parse_with_padding(const char *before, size_t n, const char *after, size_t step)
{
    static char raw[TEXT_SIZE];
    size_t length = strlen(before);

    memcpy(raw, before, length);
    memset(raw + length, 'a', n);
    length += n;
    memcpy(raw + length, after, strlen(after));
    return parse_by(raw, length + strlen(after), step);
}

Test(h1_head, limits_the_target)
{
    const char *after = " HTTP/1.1\r\nHost: h\r\n\r\n";

    cr_assert_eq(parse_with_padding("GET /", 8000, after, TEXT_SIZE), 0);
    cr_assert_eq(parse_with_padding("GET /", 9000, after, TEXT_SIZE), 414);
    cr_assert_eq(parse_with_padding("GET /", 9000, after, 100), 414);
    cr_assert_eq(parse_with_padding("GET /", 9000, "", 100), 414);
    cr_assert_eq(parse_with_padding("GET /", 20000, after, TEXT_SIZE), 414);
}

Test(h1_head, limits_fields_and_the_head)
{
    const char *before = "GET / HTTP/1.1\r\nHost: h\r\nA: ";

    cr_assert_eq(parse_with_padding(before, 8000, "\r\n\r\n", TEXT_SIZE), 0);
    cr_assert_eq(parse_with_padding(before, 8200, "\r\n\r\n", TEXT_SIZE), 431);
    cr_assert_eq(parse_with_padding(before, 17000, "\r\n\r\n", TEXT_SIZE), 431);
    cr_assert_eq(parse_with_padding(before, 17000, "", 1000), 431);
}

static int parse_n_fields(int n)
{
    struct buf raw = buf_with_limit(TEXT_SIZE);

    buf_append_text(&raw, "GET / HTTP/1.1\r\nHost: h\r\n");
    for (int i = 1; i < n; i++)
        buf_printf(&raw, "X-%d: v\r\n", i);
    buf_append_text(&raw, "\r\n");
    const int result = parse_by(raw.data, raw.length, raw.length);
    buf_clear(&raw);
    return result;
}

Test(h1_head, limits_the_number_of_fields)
{
    cr_assert_eq(parse_n_fields(HTTP_MAX_FIELDS), 0);
    cr_assert_eq(head.n_fields, HTTP_MAX_FIELDS);
    cr_assert_eq(parse_n_fields(HTTP_MAX_FIELDS + 1), 431);
}

/* Changes of a good request at random places: nothing but a defined outcome, whatever the split. */
Test(h1_head, random_damage_has_the_same_outcome_at_every_split)
{
    static const char GOOD[] =
        "POST /a/b?c HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nX: y\r\n\r\n";
    char raw[sizeof GOOD];

    for (int round = 0; round < 3000; round++) {
        memcpy(raw, GOOD, sizeof GOOD);
        for (int i = dice(3); i >= 0; i--)
            raw[dice(sizeof GOOD - 1)] = (char)(dice(256));
        const int whole = parse_by(raw, sizeof GOOD - 1, sizeof GOOD);
        cr_assert(whole == 0 || whole == ERR_AGAIN || (whole >= 400 && whole <= 505));
        const int split = parse_by(raw, sizeof GOOD - 1, 1);
        cr_assert_eq(whole, split, "round %d: %d, %d", round, whole, split);
    }
}
