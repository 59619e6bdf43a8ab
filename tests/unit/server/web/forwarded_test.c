// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/web/forwarded.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "server/config.h"
#include "server/http/message/request.h"

enum { MAX_HEADERS = 8 };

static struct config config;
static struct http_peer peer;
static struct http_header headers[MAX_HEADERS];
static struct http_request request;

static void set_up(void)
{
    memset(&config, 0, sizeof config);
    peer = (struct http_peer){.address = "127.0.0.1"};
    request = (struct http_request){.headers = headers, .peer = &peer};
}

TestSuite(forwarded, .init = set_up);

static void add(const char *name, const char *value)
{
    headers[request.n_headers++] = (struct http_header){slice_from(name), slice_from(value)};
}

static void trust(const char *list)
{
    (void)snprintf(config.trusted_proxies, sizeof config.trusted_proxies, "%s", list);
}

/* Of a request for banmai.example:8443 with one more field. */
static enum request_source source(const char *name, const char *value)
{
    request.n_headers = 0;
    add("Host", "banmai.example:8443");
    add(name, value);
    return forwarded_source(&config, &request);
}

static struct forwarded read_it(void)
{
    struct forwarded f;

    forwarded_read(&config, &request, &f);
    return f;
}

Test(forwarded, a_browser_says_where_a_request_comes_from)
{
    cr_assert_eq(source("Sec-Fetch-Site", "same-origin"), SOURCE_OURS);
    cr_assert_eq(source("Sec-Fetch-Site", "none"), SOURCE_OURS);
    cr_assert_eq(source("Sec-Fetch-Site", "same-site"), SOURCE_OTHER_SITE);
    cr_assert_eq(source("Sec-Fetch-Site", "cross-site"), SOURCE_OTHER_SITE);
    cr_assert_eq(source("Sec-Fetch-Site", ""), SOURCE_OTHER_SITE);
}

Test(forwarded, an_old_browser_is_judged_by_its_origin)
{
    cr_assert_eq(source("Origin", "https://banmai.example:8443"), SOURCE_OURS);
    cr_assert_eq(source("Origin", "http://BANMAI.example:8443"), SOURCE_OURS);
    cr_assert_eq(source("Origin", "https://banmai.example"), SOURCE_OTHER_NAME);
    cr_assert_eq(source("Origin", "https://banmai.example:8443.evil.example"), SOURCE_OTHER_NAME);
    cr_assert_eq(source("Origin", "https://evil.example"), SOURCE_OTHER_NAME);
    cr_assert_eq(source("Origin", "null"), SOURCE_OTHER_SITE);
    cr_assert_eq(source("Origin", ""), SOURCE_OTHER_SITE);
    cr_assert_eq(source("Origin", "https://"), SOURCE_OTHER_NAME);
}

Test(forwarded, some_proxies_write_the_port_of_the_scheme)
{
    add("Host", "hoc.caobang.vn:443");
    add("Origin", "https://hoc.caobang.vn");
    cr_assert_eq(forwarded_source(&config, &request), SOURCE_OURS);
    headers[1].value = slice_from("http://hoc.caobang.vn");
    cr_assert_eq(forwarded_source(&config, &request), SOURCE_OTHER_NAME);
}

Test(forwarded, a_program_that_is_no_browser_sends_neither)
{
    cr_assert_eq(source("User-Agent", "curl"), SOURCE_OURS);
}

Test(forwarded, behind_a_proxy_that_rewrites_host_the_page_was_another_site)
{
    (void)snprintf(config.public_url, sizeof config.public_url, "https://hoc.caobang.vn/");
    cr_assert_eq(source("Origin", "https://hoc.caobang.vn"), SOURCE_OURS);
    cr_assert_eq(source("Origin", "https://hoc.caobang.vn:443"), SOURCE_OURS);
    cr_assert_eq(source("Origin", "http://hoc.caobang.vn"), SOURCE_OTHER_NAME);
    cr_assert_eq(source("Origin", "https://hoc.caobang.vn:8443"), SOURCE_OTHER_NAME);
    cr_assert_eq(source("Origin", "https://hoc.caobang.vn.evil.example"), SOURCE_OTHER_NAME);
    cr_assert_eq(source("Origin", "null"), SOURCE_OTHER_SITE);
}

Test(forwarded, what_a_stranger_says_of_himself_does_not_count)
{
    add("Host", "127.0.0.1:8080");
    add("X-Forwarded-For", "10.9.9.9");
    add("X-Forwarded-Proto", "https");
    add("X-Forwarded-Host", "evil.example");
    add("Origin", "https://evil.example");
    for (int i = 0; i < 2; i++) {
        const struct forwarded f = read_it();
        cr_assert_str_eq(f.address, "127.0.0.1");
        cr_assert_not(f.is_https);
        cr_assert(slice_is(f.host, "127.0.0.1:8080"));
        cr_assert_eq(forwarded_source(&config, &request), SOURCE_OTHER_NAME);
        trust("10.0.0.0/8, 192.168.1.1"); /* others are trusted, not this one */
    }
}

Test(forwarded, a_trusted_proxy_says_who_asks_and_how)
{
    trust("10.0.0.0/8 127.0.0.1");
    add("Host", "127.0.0.1:8080");
    add("X-Forwarded-For", "6.6.6.6, 203.0.113.7");
    add("X-Forwarded-For",
        "10.1.2.3"); /* by the proxy of the house, which another one stands before */
    add("X-Forwarded-Proto", "http, https");
    add("X-Forwarded-Host", "evil.example, hoc.caobang.vn");
    add("Origin", "https://hoc.caobang.vn");
    const struct forwarded f = read_it();
    cr_assert_str_eq(f.address, "203.0.113.7", "%s", f.address);
    cr_assert(f.is_https);
    cr_assert(slice_is(f.host, "hoc.caobang.vn"));
    cr_assert_eq(forwarded_source(&config, &request), SOURCE_OURS);
}

Test(forwarded, an_entry_that_is_no_address_ends_the_way_back)
{
    trust("127.0.0.1");
    add("X-Forwarded-For", "6.6.6.6, <script>");
    cr_assert_str_eq(read_it().address, "127.0.0.1");
}

Test(forwarded, a_proxy_that_ends_tls_is_believed_by_the_address_that_people_see)
{
    cr_assert_not(read_it().is_https);
    (void)snprintf(config.public_url, sizeof config.public_url, "https://hoc.caobang.vn");
    cr_assert(read_it().is_https);
    config.public_url[0] = '\0';
    peer.is_tls = true;
    cr_assert(read_it().is_https);
}
