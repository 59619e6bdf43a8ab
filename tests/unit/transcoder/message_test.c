// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/message.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/err.h"

static int ends[2];

static void connect_ends(void)
{
    cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
}

TestSuite(message, .init = connect_ends);

Test(message, text_and_descriptor_arrive)
{
    struct message sent = {.kind = MESSAGE_REPLY, .code = -3, .text_length = 3, .text = "abc"};
    struct message got;
    int fd = -1;
    const int null = open("/dev/null", O_RDONLY);

    cr_assert_eq(message_send(ends[0], &sent, null), 0);
    cr_assert_eq(message_receive(ends[1], &got, &fd), 0);
    cr_assert_eq(got.code, -3);
    cr_assert_eq(got.text_length, 3);
    cr_assert_eq(memcmp(got.text, "abc", 3), 0);
    cr_assert_geq(fd, 0);
    cr_assert_neq(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
}

Test(message, a_descriptor_that_was_not_asked_for_is_closed)
{
    struct message sent = {.kind = MESSAGE_DONE};
    struct message got;
    const int null = open("/dev/null", O_RDONLY);
    const int before = dup(null);

    close(before);
    cr_assert_eq(message_send(ends[0], &sent, null), 0);
    cr_assert_eq(message_receive(ends[1], &got, NULL), 0);
    cr_assert_eq(dup(null), before, "the lowest free number is the same as before");
}

Test(message, another_form_is_refused)
{
    struct message got;
    struct message bad_kind = {.kind = N_MESSAGE_KINDS};
    struct message lying = {.kind = MESSAGE_DONE, .text_length = 100};

    cr_assert_eq(send(ends[0], "x", 1, 0), 1);
    cr_assert_eq(message_receive(ends[1], &got, NULL), ERR_INVALID);
    cr_assert_eq(message_send(ends[0], &bad_kind, -1), 0);
    cr_assert_eq(message_receive(ends[1], &got, NULL), ERR_INVALID);
    cr_assert_gt(send(ends[0], &lying, offsetof(struct message, text) + 5, 0), 0);
    cr_assert_eq(message_receive(ends[1], &got, NULL), ERR_INVALID);
}

Test(message, the_end_and_nothing_yet_are_told_apart)
{
    struct message got;

    cr_assert_eq(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
    cr_assert_eq(message_receive(ends[1], &got, NULL), ERR_AGAIN);
    close(ends[0]);
    cr_assert_eq(message_receive(ends[1], &got, NULL), ERR_NOT_FOUND);
}
