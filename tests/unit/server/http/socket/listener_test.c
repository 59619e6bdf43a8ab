// SPDX-License-Identifier: GPL-3.0-or-later
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/err.h"
#include "server/http/socket/listener.h"

Test(listener, picks_a_port_and_others_may_share_it)
{
    char address[64];
    uint16_t port = 0;
    uint16_t same = 0;
    int first = -1;
    int second = -1;

    cr_assert_eq(listener_open_tcp("127.0.0.1:0", true, &first, &port), 0);
    cr_assert_gt(port, 0);
    snprintf(address, sizeof address, "127.0.0.1:%u", port);
    cr_assert_eq(listener_open_tcp(address, false, &second, &same), 0);
    cr_assert_eq(same, port);
    close(first);
    close(second);
}

Test(listener, the_first_one_needs_the_port_for_itself)
{
    char address[64];
    uint16_t port = 0;
    int first = -1;
    int other = -1;

    cr_assert_eq(listener_open_tcp("127.0.0.1:0", true, &first, &port), 0);
    snprintf(address, sizeof address, "127.0.0.1:%u", port);
    cr_assert_eq(listener_open_tcp(address, true, &other, &port), ERR_EXISTS);
    cr_assert_eq(other, -1);
    close(first);
}

Test(listener, refuses_malformed_addresses)
{
    static const char *const BAD[] = {
        "",        "80",     ":80",     "127.0.0.1", "h:80",   "1.2.3.4",       "1.2.3.4:",
        "[::1]80", "::1:80", "[::1:80", "[]:80",     "a b:80", "0.0.0.0:65616", "1.2.3.4:-1"};
    uint16_t port = 0;
    int fd = -1;

    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
        cr_assert_eq(listener_open_tcp(BAD[i], true, &fd, &port), ERR_INVALID, "%s", BAD[i]);
    cr_assert_eq(listener_open_tcp("192.0.2.1:0", true, &fd, &port), ERR_NOT_FOUND);
}

Test(listener, an_address_was_refused_without_saying_why)
{
    static const struct {
        const char *address;
        const char *word;
    } BAD[] = {
        {"", "port is missing"},          {"8080", "port is missing"},
        {"127.0.0.1", "port is missing"}, {"[::1]", "port is missing"},
        {":8080", "address is missing"},  {"::1:8080", "brackets"},
        {"[::1:8080", "brackets"},        {"hoc.caobang.vn:80", "names are not looked up"},
        {"256.0.0.1:1", "names"},         {"1.2.3.4:http", "number"},
        {"1.2.3.4:", "number"},           {"0.0.0.0:65616", "65535"},
    };

    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        const char *fault = listener_fault(BAD[i].address);
        cr_assert(fault && strstr(fault, BAD[i].word), "%s: %s", BAD[i].address, fault);
        cr_assert(strstr(fault, "127.0.0.1:8080"), "%s: %s", BAD[i].address, fault);
    }
    cr_assert_null(listener_fault("localhost:8080"));
    cr_assert_null(listener_fault("[::1]:8080"));
    cr_assert_null(listener_fault("0.0.0.0:443"));
}

static char folder[] = "/tmp/banmai-listener-XXXXXX";
static char path[64];

static void set_up(void)
{
    cr_assert(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/s", folder);
}

static void tear_down(void)
{
    unlink(path);
    rmdir(folder);
}

Test(listener, a_unix_socket_is_its_owners_alone, .init = set_up, .fini = tear_down)
{
    struct stat st;
    int fd = -1;

    umask(0);
    cr_assert_eq(listener_open_unix(path, &fd), 0);
    cr_assert_eq(stat(path, &st), 0);
    cr_assert_eq(st.st_mode & 0777, 0600);
    close(fd);
}

Test(listener, a_left_over_unix_socket_is_replaced, .init = set_up, .fini = tear_down)
{
    int fd = -1;
    int again = -1;

    cr_assert_eq(listener_open_unix(path, &fd), 0);
    cr_assert_eq(listener_open_unix(path, &again), ERR_EXISTS, "somebody listens");
    close(fd);
    cr_assert_eq(listener_open_unix(path, &again), 0);
    close(again);
}

Test(listener, a_unix_path_must_fit)
{
    char too_long[200];
    int fd = -1;

    memset(too_long, 'a', sizeof too_long - 1);
    too_long[sizeof too_long - 1] = '\0';
    cr_assert_eq(listener_open_unix(too_long, &fd), ERR_INVALID);
    cr_assert_eq(listener_open_unix("/nonexistent-folder/s", &fd), ERR_NOT_FOUND);
}
