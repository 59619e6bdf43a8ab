// SPDX-License-Identifier: GPL-3.0-or-later
/* floor.c - the least that a file server can do: accept, read, send, sendfile on epoll. It parses
 * nothing: whatever arrives in one read is one request, for the one file of its command line. What
 * a real server reaches of its rate tells what parsing, routing and accounting cost.
 *
 *   bench-floor FILE      prints "port N", serves until its standard input ends */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    MAX_EVENTS = 64,
    HEAD_SIZE = 512,
    READ_BYTES = 16384,
    IN_MEMORY_BYTES = 32 * 1024, /* up to here head and body leave in one send */
    UNSENT_BYTES = 16 * 1024,    /* as the server under test: TCP_NOTSENT_LOWAT */
    TURN_BYTES = 256 * 1024,
};

struct reply {
    char head[HEAD_SIZE + IN_MEMORY_BYTES]; /* the small body follows the head */
    size_t head_length;                     /* of what is in memory */
    off_t file_length;                      /* of what is sent from the file */
    int fd;
};

struct client {
    int fd;
    size_t head_left;
    off_t offset; /* in the file */
    int is_busy;
};

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void load(struct reply *reply, const char *path)
{
    struct stat st;

    reply->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (reply->fd < 0 || fstat(reply->fd, &st) < 0)
        fail(path);
    const int n = snprintf(reply->head, HEAD_SIZE,
                           "HTTP/1.1 200 OK\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
                           "etag: \"0123456789ab-v240-12\"\r\n"
                           "cache-control: public, max-age=31536000, immutable\r\n"
                           "accept-ranges: bytes\r\ncontent-type: video/mp4\r\n"
                           "Access-Control-Allow-Origin: *\r\ncontent-length: %lld\r\n\r\n",
                           (long long)st.st_size);
    reply->head_length = (size_t)n;
    reply->file_length = st.st_size;
    if (st.st_size > IN_MEMORY_BYTES)
        return;
    if (read(reply->fd, reply->head + n, IN_MEMORY_BYTES) != st.st_size)
        fail(path);
    reply->head_length += (size_t)st.st_size;
    reply->file_length = 0;
}

static int listen_somewhere(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    const int one = 1;
    const int unsent = UNSENT_BYTES;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0 || setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) < 0 ||
        setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent) < 0 ||
        bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 1024) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &length) < 0)
        fail("listen");
    (void)printf("port %u\n", ntohs(address.sin_port));
    (void)fflush(stdout);
    return fd;
}

/* Returns 0 when the reply is sent or the socket is full, -1 when the peer is gone. */
static int send_some(const struct reply *reply, struct client *c)
{
    while (c->head_left > 0) {
        const int flags = MSG_NOSIGNAL | (reply->file_length > 0 ? MSG_MORE : 0);
        const char *from = reply->head + reply->head_length - c->head_left;
        const ssize_t n = send(c->fd, from, c->head_left, flags);
        if (n < 0)
            return errno == EAGAIN ? 0 : -1;
        c->head_left -= (size_t)n;
    }
    while (c->offset < reply->file_length) {
        const off_t left = reply->file_length - c->offset;
        const size_t length = left < TURN_BYTES ? (size_t)left : TURN_BYTES;
        const ssize_t n = sendfile(c->fd, reply->fd, &c->offset, length);
        if (n < 0)
            return errno == EAGAIN ? 0 : -1;
    }
    c->is_busy = 0;
    return 0;
}

static int on_event(const struct reply *reply, struct client *c)
{
    char scratch[READ_BYTES];

    if (!c->is_busy) {
        const ssize_t n = recv(c->fd, scratch, sizeof scratch, 0);
        if (n <= 0)
            return n < 0 && errno == EAGAIN ? 0 : -1;
        c->is_busy = 1;
        c->head_left = reply->head_length;
        c->offset = 0;
    }
    return send_some(reply, c);
}

static void accept_all(int epoll, int listener)
{
    for (;;) {
        const int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0)
            return;
        struct client *c = calloc(1, sizeof *c);
        if (!c)
            fail("calloc");
        c->fd = fd;
        struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = c};
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0)
            fail("epoll_ctl");
    }
}

int main(int argc, char **argv)
{
    static struct reply reply;
    static struct client input; /* standard input, known by its address */
    struct epoll_event events[MAX_EVENTS];

    if (argc != 2)
        return 2;
    (void)signal(SIGPIPE, SIG_IGN); /* sendfile() to a client that has left */
    load(&reply, argv[1]);
    const int epoll = epoll_create1(EPOLL_CLOEXEC);
    const int listener = listen_somewhere();
    struct epoll_event on_accept = {.events = EPOLLIN, .data.ptr = NULL};
    struct epoll_event on_input = {.events = EPOLLIN | EPOLLHUP, .data.ptr = &input};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &on_accept) < 0 ||
        epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &on_input) < 0)
        fail("epoll_ctl");
    for (;;) {
        const int n = epoll_wait(epoll, events, MAX_EVENTS, -1);
        for (int i = 0; i < n; i++) {
            struct client *c = events[i].data.ptr;
            if (c == &input)
                return 0;
            if (!c) {
                accept_all(epoll, listener);
            } else if (on_event(&reply, c) < 0) {
                (void)close(c->fd);
                free(c);
            }
        }
    }
}
