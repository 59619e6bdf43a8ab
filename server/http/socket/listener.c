// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/socket/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/err.h"
#include "common/slice.h"
#include "server/http/socket/connection.h"
#include "server/http/socket/tls_handshake.h"

enum {
    BACKLOG = 4096,         /* the kernel caps it at net.core.somaxconn */
    ACCEPTS_PER_TURN = 64,  /* new connections taken in one wake-up */
    KEEP_ALIVE_IDLE_S = 60, /* probes find phones that left without a word */
    MAX_ADDRESS_BYTES = 255,
    PAUSE_MS = 100, /* between two looks for a free descriptor: a newcomer hardly notices */
};

/* ---- Opening ---- */

#define WANTED " is wanted: 127.0.0.1:8080, 0.0.0.0:443 or [::1]:8080"

/* Splits "HOST:PORT" or "[HOST]:PORT"; the host is numeric afterwards. */
static const char *split_address(const char *text, char host[MAX_ADDRESS_BYTES + 1],
                                 const char **ret_port)
{
    const char *colon = strrchr(text, ':');
    struct slice name = slice_of(text, colon ? (size_t)(colon - text) : 0);
    uint64_t port = 0; /* getaddrinfo would take 65616 for 80 */

    if (!colon || (text[0] == '[' && text[strlen(text) - 1] == ']'))
        return "the port is missing: ADDRESS:PORT" WANTED;
    if (name.length == 0)
        return "the address is missing: ADDRESS:PORT" WANTED "; 0.0.0.0 is all of this host's";
    if (text[0] != '[' && memchr(text, ':', name.length)) /* which of the colons is meant? */
        return "an IPv6 address stands in brackets: [ADDRESS]:PORT" WANTED;
    if (slice_to_u64(slice_from(colon + 1), &port) < 0 || port > UINT16_MAX)
        return "the port has to be a number from 0 to 65535: ADDRESS:PORT" WANTED;
    if (text[0] == '[') {
        if (name.length < 3 || text[name.length - 1] != ']')
            return "the brackets do not match: [ADDRESS]:PORT" WANTED;
        name = slice_of(text + 1, name.length - 2);
    } else if (slice_equals_nocase(name, slice_from("localhost"))) {
        name = slice_from("127.0.0.1");
    }
    *ret_port = colon + 1;
    return slice_to_cstr(name, host, MAX_ADDRESS_BYTES + 1) < 0 ? "it is too long" : NULL;
}

static const char *parse_address(const char *text, struct sockaddr_storage *ret_address,
                                 socklen_t *ret_length)
{
    const struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV,
                                   .ai_socktype = SOCK_STREAM};
    char host[MAX_ADDRESS_BYTES + 1];
    struct addrinfo *found = NULL;
    const char *port = NULL;

    const char *fault = split_address(text, host, &port);
    if (fault)
        return fault;
    if (getaddrinfo(host, port, &hints, &found) != 0)
        return "names are not looked up: a numeric ADDRESS:PORT" WANTED;
    memcpy(ret_address, found->ai_addr, found->ai_addrlen);
    *ret_length = found->ai_addrlen;
    freeaddrinfo(found);
    return NULL;
}

const char *listener_fault(const char *address)
{
    struct sockaddr_storage parsed = {.ss_family = AF_UNSPEC};
    socklen_t length = 0;

    return parse_address(address, &parsed, &length);
}

static int listen_error(int errnum)
{
    switch (errnum) {
    case EADDRINUSE:
        return ERR_EXISTS;
    case EADDRNOTAVAIL:
        return ERR_NOT_FOUND;
    default:
        return err_from_errno(errnum);
    }
}

/* Sockets that share a port need not ask whether somebody else has it; this one does. */
static int check_is_free(const struct sockaddr_storage *address, socklen_t length)
{
    const int one = 1;
    CLEANUP(close_fd) int fd = socket(address->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return ERR_IO;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (const struct sockaddr *)address, length) < 0)
        return listen_error(errno);
    return 0;
}

/* Accepted sockets inherit these, which saves the calls per connection. */
static void set_options(int fd)
{
    const int one = 1;
    const int unsent = HTTP_UNSENT_BYTES;
    const int idle_s = KEEP_ALIVE_IDLE_S;

    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
    (void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof idle_s);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
}

uint16_t listener_port(int fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } address = {.v6 = {.sin6_port = 0}};
    socklen_t length = sizeof address;

    if (getsockname(fd, &address.any, &length) < 0)
        return 0;
    return ntohs(address.any.sa_family == AF_INET6 ? address.v6.sin6_port : address.v4.sin_port);
}

int listener_open_tcp(const char *text, bool is_first, int *ret_fd, uint16_t *ret_port)
{
    struct sockaddr_storage address = {.ss_family = AF_UNSPEC};
    socklen_t length = 0;

    int err = parse_address(text, &address, &length) ? ERR_INVALID : 0;
    if (err == 0 && is_first)
        err = check_is_free(&address, length);
    if (err < 0)
        return err;
    CLEANUP(close_fd)
    int fd = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return ERR_IO;
    set_options(fd);
    if (bind(fd, (const struct sockaddr *)&address, length) < 0 || listen(fd, BACKLOG) < 0)
        return listen_error(errno);
    *ret_port = listener_port(fd);
    *ret_fd = fd;
    fd = -1;
    return 0;
}

/* A file that a crash has left behind refuses connections; only such a one is removed. */
static int remove_stale(const struct sockaddr_un *address)
{
    CLEANUP(close_fd) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return ERR_IO;
    if (connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 || errno == EAGAIN)
        return ERR_EXISTS;
    if (errno == ECONNREFUSED && unlink(address->sun_path) < 0)
        return err_from_errno(errno);
    return 0;
}

int listener_open_unix(const char *path, int *ret_fd)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    CLEANUP(close_fd) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return ERR_IO;
    if (slice_to_cstr(slice_from(path), address.sun_path, sizeof address.sun_path) < 0)
        return ERR_INVALID;
    const int err = remove_stale(&address);
    if (err < 0)
        return err;
    /* The mode is the socket's before it gets a name, so nobody can slip in between. */
    if (fchmod(fd, S_IRUSR | S_IWUSR) < 0 ||
        bind(fd, (const struct sockaddr *)&address, sizeof address) < 0 || listen(fd, BACKLOG) < 0)
        return listen_error(errno);
    *ret_fd = fd;
    fd = -1;
    return 0;
}

/* ---- Accepting ---- */

static void describe_tcp_peer(const struct sockaddr_storage *address, struct http_peer *peer)
{
    const void *bytes = &((const struct sockaddr_in *)address)->sin_addr;

    if (address->ss_family == AF_INET6) {
        const struct in6_addr *v6 = &((const struct sockaddr_in6 *)address)->sin6_addr;
        if (!IN6_IS_ADDR_V4MAPPED(v6)) {
            (void)inet_ntop(AF_INET6, v6, peer->address, sizeof peer->address);
            return;
        }
        bytes = &v6->s6_addr[12]; /* IPv4 over a dual-stack socket */
    }
    (void)inet_ntop(AF_INET, bytes, peer->address, sizeof peer->address);
}

static int describe_local_peer(int fd, struct http_peer *peer)
{
    struct ucred credentials = {.uid = 0};
    socklen_t length = sizeof credentials;

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length) < 0)
        return ERR_DENIED;
    memcpy(peer->address, "unix", sizeof "unix");
    peer->is_local_socket = true;
    peer->uid = credentials.uid;
    return 0;
}

static void turn_away(struct http_loop *loop, int fd)
{
    (void)close(fd);
    counter_add(&loop->counters, HTTP_COUNT_CONNECTIONS_TURNED_AWAY, 1);
}

static void open_accepted(struct listener *listener, int fd, const struct sockaddr_storage *address)
{
    struct http_loop *loop = listener->loop;
    struct http_peer peer = {.is_tls = loop->tls && !listener->is_local};
    const uint32_t n = atomic_load_explicit(&loop->engine->n_connections, memory_order_relaxed);

    if (n >= loop->engine->max_connections) {
        turn_away(loop, fd);
        return;
    }
    if (!listener->is_local) {
        describe_tcp_peer(address, &peer);
    } else if (describe_local_peer(fd, &peer) < 0) {
        turn_away(loop, fd);
        return;
    }
    connection_open(loop, fd, &peer, peer.is_tls ? tls_handshake_start : loop->engine->start_h1);
}

static int open_reserve(void)
{
    return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* The reserve is lost, or the kernel has no memory: whoever waits would wake the loop again and
 * again for nothing. They wait in the kernel's queue until the next look. */
static void pause_accepting(struct listener *listener)
{
    const struct timeval delay = {.tv_usec = PAUSE_MS * 1000L};

    (void)event_del(&listener->event);
    (void)event_add(&listener->pause_event, &delay);
}

/* Out of descriptors: a connection that nobody accepts would wake the loop for ever. The reserve
 * makes room to take it and hang up. Another thread may be faster and take the room: then the
 * reserve is gone until there is room again. Returns whether it is there. */
static bool accept_and_hang_up(struct listener *listener)
{
    if (listener->reserve_fd < 0)
        return false;
    (void)close(listener->reserve_fd);
    const int fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC);
    if (fd >= 0)
        turn_away(listener->loop, fd);
    listener->reserve_fd = open_reserve();
    return listener->reserve_fd >= 0;
}

/* After a failed accept4(): whether there may be more. Most failures are those of the connection
 * that was waiting, which is gone with them (accept(2)). */
static bool go_on_after(struct listener *listener, int errnum)
{
    switch (errnum) {
    case EMFILE:
    case ENFILE:
        if (accept_and_hang_up(listener))
            return true;
        pause_accepting(listener);
        return false;
    case ENOBUFS:
    case ENOMEM:
        pause_accepting(listener);
        return false;
    default:
        return errnum == EINTR || errnum == ECONNABORTED;
    }
}

/* Returns whether there may be more. */
static bool accept_one(struct listener *listener)
{
    struct sockaddr_storage address = {.ss_family = AF_UNSPEC};
    socklen_t length = sizeof address;
    const int fd =
        accept4(listener->fd, (struct sockaddr *)&address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd < 0)
        return go_on_after(listener, errno);
    open_accepted(listener, fd, &address);
    return true;
}

static void accept_up_to(struct listener *listener, int n)
{
    while (n > 0 && accept_one(listener))
        n--;
}

static void on_acceptable(evutil_socket_t fd, short what, void *arg)
{
    struct listener *listener = arg;

    (void)fd;
    (void)what;
    (void)loop_update_now(listener->loop);
    accept_up_to(listener, ACCEPTS_PER_TURN);
}

/* Without a reserve the next shortage would only lead here again. */
static void on_pause_over(evutil_socket_t fd, short what, void *arg)
{
    struct listener *listener = arg;

    (void)fd;
    (void)what;
    if (listener->reserve_fd < 0)
        listener->reserve_fd = open_reserve();
    if (listener->reserve_fd < 0 || event_add(&listener->event, NULL) < 0)
        pause_accepting(listener);
}

int listener_start(struct listener *listener, struct http_loop *loop, int fd, bool is_local)
{
    *listener = (struct listener){.loop = loop,
                                  .fd = fd,
                                  .reserve_fd = open_reserve(),
                                  .is_local = is_local};
    if (event_assign(&listener->pause_event, loop->base, -1, 0, on_pause_over, listener) < 0 ||
        event_assign(&listener->event, loop->base, fd, EV_READ | EV_PERSIST, on_acceptable,
                     listener) < 0 ||
        event_add(&listener->event, NULL) < 0) {
        listener_close(listener);
        return ERR_NO_MEMORY;
    }
    return 0;
}

void listener_drain_and_close(struct listener *listener)
{
    if (listener->loop && listener->fd >= 0)
        accept_up_to(listener, BACKLOG);
    listener_close(listener);
}

void listener_close(struct listener *listener)
{
    if (!listener->loop || listener->fd < 0)
        return;
    (void)event_del(&listener->event);
    (void)event_del(&listener->pause_event);
    (void)close(listener->fd);
    if (listener->reserve_fd >= 0)
        (void)close(listener->reserve_fd);
    listener->fd = -1;
}
