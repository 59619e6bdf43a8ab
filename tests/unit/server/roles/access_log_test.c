// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/access_log.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NOW_S = 1795644939 };

static const struct http_peer PEER = {.address = "192.0.2.7"};

/* The line of a GET with these fields. */
static const char *line_of(const char *path, const char *referer, const char *agent)
{
    static char text[4096];
    const struct http_header headers[] = {{slice_from("Referer"), slice_from(referer)},
                                          {slice_from("User-Agent"), slice_from(agent)}};
    const struct http_request request = {.method = HTTP_GET,
                                         .headers = headers,
                                         .n_headers = 2,
                                         .peer = &PEER};
    const struct http_answered record = {.request = &request,
                                         .path = slice_from(path),
                                         .version = 11,
                                         .status = 206,
                                         .n_body_bytes = 4321};
    struct buf line = buf_with_limit(sizeof text - 1);

    access_log_combined(&record, PEER.address, NOW_S, &line);
    cr_assert_eq(line.err, 0);
    memcpy(text, line.data, line.length + 1);
    buf_clear(&line);
    return text;
}

Test(access_log, the_combined_form)
{
    cr_assert_str_eq(
        line_of("/v/p/v240/1.m4s", "https://lop.example/watch?t=secret", "Mozilla/5.0"),
        "192.0.2.7 - - [25/Nov/2026:22:15:39 +0000] \"GET /v/p/v240/1.m4s HTTP/1.1\" 206 "
        "4321 \"https://lop.example\" \"Mozilla/5.0\"\n");
}

Test(access_log, of_a_referer_only_the_origin_is_kept)
{
    cr_assert(strstr(line_of("/", "http://h#secret", ""), " \"http://h\" \"-\"\n"));
    cr_assert(strstr(line_of("/", "/watch/secret", "a"), " \"-\" \"a\"\n"));
    cr_assert(strstr(line_of("/", "data:secret", "a"), " \"-\" \"a\"\n"));
}

Test(access_log, nobody_forges_a_line_or_a_field)
{
    const char *line = line_of("/a\"b\\c", "", "x\n\t\x7f\xe1\" \"y");

    cr_assert(strstr(line, "GET /a\\x22b\\x5Cc HTTP"), "%s", line);
    cr_assert(strstr(line, " \"x\\x0A\\x09\\x7F\\xE1\\x22 \\x22y\"\n"), "%s", line);
    cr_assert_eq(strchr(line, '\n'), line + strlen(line) - 1);
}

Test(access_log, the_longest_line_fits)
{
    static char path[9000];
    static char agent[9000];

    memset(path, 0xe1, sizeof path - 1);
    memset(agent, 0x80, sizeof agent - 1);
    cr_assert_lt(strlen(line_of(path, "https://h/", agent)), 3 * 1024);
}

/* How many lines n requests of that status get. */
static int n_lines(const char *form, uint64_t every, int status, int n)
{
    struct config config = {.access_log_every = every};
    struct access_log log = {.n_answered = 0};
    const struct http_request request = {.peer = &PEER};
    const struct http_answered record = {.request = &request, .status = status};
    char path[] = "/tmp/banmai-access-XXXXXX";
    const int fd = mkostemp(path, O_CLOEXEC);
    int count = 0;
    char c;

    (void)snprintf(config.access_log, sizeof config.access_log, "%s", form);
    cr_assert_geq(dup2(fd, STDERR_FILENO), 0);
    for (int i = 0; i < n; i++)
        access_log_note(&log, &config, &record);
    cr_assert_eq(lseek(fd, 0, SEEK_SET), 0);
    while (read(fd, &c, 1) == 1)
        count += c == '\n';
    unlink(path);
    return count;
}

Test(access_log, one_in_so_many_and_every_failure_of_ours)
{
    cr_assert_eq(n_lines("off", 1, 500, 10), 0);
    cr_assert_eq(n_lines("json", 1, 200, 10), 10);
    cr_assert_eq(n_lines("combined", 1, 404, 10), 10);
    cr_assert_eq(n_lines("combined", 10, 200, 35), 4);
    cr_assert_eq(n_lines("json", 10, 503, 35), 35);
}
