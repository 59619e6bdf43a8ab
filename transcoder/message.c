// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/message.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/err.h"

union control { /* aligned for a header, room for one descriptor */
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
};

int message_send(int socket, const struct message *message, int fd)
{
    struct iovec data = {.iov_base = (void *)(uintptr_t)message,
                         .iov_len = offsetof(struct message, text) + message->text_length};
    union control control = {0};
    struct msghdr header = {.msg_iov = &data, .msg_iovlen = 1};

    if (fd >= 0) {
        header.msg_control = &control;
        header.msg_controllen = sizeof control.bytes;
        struct cmsghdr *rights = CMSG_FIRSTHDR(&header);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(rights), &fd, sizeof fd);
    }
    for (;;) {
        if (sendmsg(socket, &header, MSG_NOSIGNAL) >= 0)
            return 0;
        if (errno != EINTR)
            return ERR_IO;
    }
}

/* The one descriptor that came along, or -1; others are closed. */
static int take_descriptor(struct msghdr *header)
{
    int taken = -1;

    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        const size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < n; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
            if (taken < 0)
                taken = fd;
            else
                (void)close(fd);
        }
    }
    return taken;
}

static int check(const struct message *message, size_t length)
{
    if (length < offsetof(struct message, text) || message->kind < 0 ||
        message->kind >= N_MESSAGE_KINDS || message->text_length > MESSAGE_TEXT_SIZE ||
        length != offsetof(struct message, text) + message->text_length)
        return ERR_INVALID;
    return 0;
}

int message_receive(int socket, struct message *ret_message, int *ret_fd)
{
    struct message message = {0};
    struct iovec data = {.iov_base = &message, .iov_len = sizeof message};
    union control control = {0};
    struct msghdr header = {.msg_iov = &data,
                            .msg_iovlen = 1,
                            .msg_control = &control,
                            .msg_controllen = sizeof control.bytes};
    ssize_t n;

    do
        n = recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return errno == EAGAIN ? ERR_AGAIN : errno == ECONNRESET ? ERR_NOT_FOUND : ERR_IO;
    if (n == 0)
        return ERR_NOT_FOUND;
    const int fd = take_descriptor(&header);
    const int err = check(&message, (size_t)n);
    if (fd >= 0 && (err || !ret_fd))
        (void)close(fd);
    if (err)
        return err;
    *ret_message = message;
    if (ret_fd)
        *ret_fd = fd;
    return 0;
}
