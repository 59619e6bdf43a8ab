// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/cli/control_client.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/err.h"
#include "common/file.h"

static char dir[] = "/tmp/banmai-control-XXXXXX";
static char path[128];
static int listener = -1;

static void start(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    cr_assert_not_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/control.sock", dir);
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    listener = socket(AF_UNIX, SOCK_STREAM, 0);
    cr_assert_eq(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    cr_assert_eq(listen(listener, 1), 0);
}

static void stop(void)
{
    close(listener);
    file_remove_tree(AT_FDCWD, dir);
}

TestSuite(control_client, .init = start, .fini = stop);

/* A server that reads for a moment, says its text and closes. */
static void *serve_once(void *text)
{
    char buffer[4096];
    const int fd = accept(listener, NULL, NULL);

    if (read(fd, buffer, sizeof buffer) < 0 || write(fd, text, strlen(text)) < 0)
        abort();
    close(fd);
    return NULL;
}

static int call(const char *text, struct control_reply *reply)
{
    const struct control_request request = {.method = "GET", .target = "/x", .body_fd = -1};
    pthread_t thread;

    pthread_create(&thread, NULL, serve_once, (void *)(uintptr_t)text);
    const int err = control_call(path, &request, reply);
    pthread_join(thread, NULL);
    return err;
}

Test(control_client, a_reply_is_taken_apart)
{
    struct control_reply reply;

    cr_assert_eq(call("HTTP/1.1 201 Created\r\nLocation:  /a/b \r\nX: y\r\n\r\nbody", &reply), 0);
    cr_assert_eq(reply.status, 201);
    cr_assert(slice_is(control_reply_field(&reply, "location"), "/a/b"));
    cr_assert(slice_is(control_reply_field(&reply, "x"), "y"));
    cr_assert_null(control_reply_field(&reply, "z").data);
    cr_assert_str_eq(reply.body.data, "body");
    control_reply_clear(&reply);
}

Test(control_client, nonsense_is_no_reply)
{
    static const char *const WRONG[] = {"", "HTTP/1.1 200", "hello\r\n\r\n",
                                        "HTTP/1.1 xyz OK\r\n\r\n"};

    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        struct control_reply reply;
        cr_assert_eq(call(WRONG[i], &reply), ERR_IO, "\"%s\"", WRONG[i]);
        control_reply_clear(&reply);
    }
}

Test(control_client, no_server_is_told_apart_from_a_broken_one)
{
    const struct control_request request = {.method = "GET", .target = "/x", .body_fd = -1};
    struct control_reply reply;

    close(listener); /* the file of a server that was killed */
    cr_assert_eq(control_call(path, &request, &reply), ERR_NOT_FOUND);
    control_reply_clear(&reply);
    unlink(path);
    cr_assert_eq(control_call(path, &request, &reply), ERR_NOT_FOUND);
    control_reply_clear(&reply);
}

Test(control_client, a_problem_is_told_in_its_own_words)
{
    struct buf text = buf_with_limit(1000);
    struct control_reply reply;

    cr_assert_eq(call("HTTP/1.1 507 X\r\n\r\n{\"title\":\"Full\",\"detail\":\"Free some space.\"}",
                      &reply),
                 0);
    cr_assert_str_eq(control_reply_problem(&reply, &text), "Full. Free some space.");
    control_reply_clear(&reply);
    cr_assert_eq(
        call("HTTP/1.1 400 X\r\n\r\n{\"title\":\"Wrong\",\"errors\":[{\"pointer\":\"/role\","
             "\"code\":\"not-one-of\"},{\"pointer\":\"/login\",\"code\":\"required\"},{}]}",
             &reply),
        0);
    cr_assert_str_eq(control_reply_problem(&reply, &text),
                     "Wrong: role is not-one-of, login is required");
    control_reply_clear(&reply);
    cr_assert_eq(call("HTTP/1.1 502 X\r\n\r\n<html>", &reply), 0);
    cr_assert_str_eq(control_reply_problem(&reply, &text), "the server answered with status 502");
    control_reply_clear(&reply);
    buf_clear(&text);
}
