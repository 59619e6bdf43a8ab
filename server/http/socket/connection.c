// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/socket/connection.h"

#include <errno.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/err.h"
#include "server/http/socket/pacing.h"
#include "server/http/socket/tls.h"

enum { MAX_RUNS = 2 }; /* a head and a body */

static void on_event(evutil_socket_t fd, short what, void *arg)
{
    struct connection *c = arg;

    (void)fd;
    (void)loop_update_now(c->loop);
    if (what & (EV_READ | EV_CLOSED))
        c->socket.is_readable = true;
    if (what & EV_CLOSED)
        c->socket.is_half_closed = true;
    if (what & (EV_READ | EV_CLOSED))
        c->socket.is_drained = false;
    if (what & EV_WRITE)
        c->socket.is_writable = true;
    if (connection_has_unsent(c) && c->socket.is_writable && tls_send_rest(&c->tls) == ERR_IO) {
        connection_close(c);
        return;
    }
    c->type->advance(c->session);
}

static void on_again(struct loop_task *task)
{
    struct connection *c = LIST_ELEMENT(task, struct connection, again);

    (void)loop_update_now(c->loop);
    c->type->advance(c->session);
}

static struct connection *connection_of(struct loop_member *member)
{
    return LIST_ELEMENT(member, struct connection, member);
}

static void on_deadline(struct loop_member *member)
{
    const struct connection *c = connection_of(member);

    c->type->on_deadline(c->session);
}

static void on_stop(struct loop_member *member)
{
    const struct connection *c = connection_of(member);

    c->type->stop(c->session);
}

static void on_end(struct loop_member *member)
{
    connection_close(connection_of(member));
}

static struct connection *new_connection(struct http_loop *loop, int fd,
                                         const struct http_peer *peer)
{
    static const struct loop_member_type MEMBER = {.on_deadline = on_deadline,
                                                   .stop = on_stop,
                                                   .end = on_end};
    struct connection *c = malloc(sizeof *c);

    if (!c)
        return NULL;
    *c = (struct connection){.member.type = &MEMBER,
                             .loop = loop,
                             .socket.fd = fd,
                             .peer = *peer,
                             .again.run = on_again,
                             .pacing_rate = PACING_NONE};
    if (event_assign(&c->event, loop->base, fd, EV_READ | EV_WRITE | EV_CLOSED | EV_ET | EV_PERSIST,
                     on_event, c) < 0 ||
        event_add(&c->event, NULL) < 0) {
        free(c);
        return NULL;
    }
    loop_join(loop, &c->member);
    atomic_fetch_add_explicit(&loop->engine->n_connections, 1, memory_order_relaxed);
    counter_add(&loop->counters, HTTP_COUNT_CONNECTIONS_OPEN, 1);
    counter_add(&loop->counters, HTTP_COUNT_CONNECTIONS, 1);
    return c;
}

void connection_open(struct http_loop *loop, int fd, const struct http_peer *peer,
                     session_start *start)
{
    struct connection *c = new_connection(loop, fd, peer);

    if (!c) {
        (void)close(fd);
        counter_add(&loop->counters, HTTP_COUNT_CONNECTIONS_TURNED_AWAY, 1);
        return;
    }
    c->socket.is_writable = true;
    if (start(c) < 0)
        connection_close(c);
}

void connection_close(struct connection *c)
{
    struct http_loop *loop = c->loop;

    if (c->session)
        c->type->free(c->session);
    tls_detach(&c->tls);
    (void)event_del(&c->event);
    (void)close(c->socket.fd);
    loop_cancel(&c->again);
    atomic_fetch_sub_explicit(&loop->engine->n_connections, 1, memory_order_relaxed);
    counter_subtract(&loop->counters, HTTP_COUNT_CONNECTIONS_OPEN, 1);
    loop_leave(loop, &c->member);
    free(c);
}

void connection_set_session(struct connection *c, const struct session_type *type, void *session)
{
    if (c->session)
        c->type->free(c->session);
    c->type = type;
    c->session = session;
}

void connection_again(struct connection *c)
{
    loop_later(c->loop, &c->again);
}

void connection_set_deadline(struct connection *c, int64_t at_ms)
{
    deadline_set(&c->loop->deadlines, &c->member.deadline, at_ms);
}

static ssize_t plain_read(struct connection *c, char *to, size_t size)
{
    ssize_t n = 0;

    do
        n = recv(c->socket.fd, to, size, 0);
    while (n < 0 && errno == EINTR);
    if (n >= 0) {
        /* A short read has emptied the socket, and more makes a new edge. The end of input does
         * not, when it came together with the data. */
        if ((size_t)n < size && !c->socket.is_half_closed)
            c->socket.is_readable = false;
        return n;
    }
    c->socket.is_readable = false;
    return errno == EAGAIN ? ERR_AGAIN : ERR_IO;
}

ssize_t connection_read(struct connection *c, char *to, size_t size)
{
    if (!c->socket.is_readable)
        return ERR_AGAIN;
    const ssize_t n = c->tls.ssl ? tls_read(&c->tls, to, size) : plain_read(c, to, size);
    if (n > 0)
        counter_add(&c->loop->counters, HTTP_COUNT_BYTES_IN, (uint64_t)n);
    return n;
}

/* What a failed send means; what a taken one adds. */
static ssize_t note_sent(struct connection *c, ssize_t n)
{
    if (n >= 0) {
        c->socket.has_sent = true;
        counter_add(&c->loop->counters, HTTP_COUNT_BYTES_OUT, (uint64_t)n);
        return n;
    }
    if (errno != EAGAIN)
        return ERR_IO;
    c->socket.is_writable = false;
    return ERR_AGAIN;
}

static ssize_t plain_write(struct connection *c, const struct iovec *runs, int n_runs, bool is_more)
{
    const int flags = MSG_NOSIGNAL | (is_more ? MSG_MORE : 0);
    ssize_t n = 0;

    do {
        if (n_runs == 1) {
            n = send(c->socket.fd, runs[0].iov_base, runs[0].iov_len, flags);
        } else {
            const struct msghdr message = {.msg_iov = (struct iovec *)(uintptr_t)runs,
                                           .msg_iovlen = (size_t)n_runs};
            n = sendmsg(c->socket.fd, &message, flags);
        }
    } while (n < 0 && errno == EINTR);
    return n;
}

/* The kernel makes records, whose lengths are ours to choose. */
static ssize_t kernel_tls_write(struct connection *c, const struct iovec *runs, int n_runs,
                                bool is_more)
{
    struct iovec cut[MAX_RUNS];
    size_t room = tls_kernel_room(&c->tls, is_more);
    size_t asked = 0;
    int n_cut = 0;

    for (; n_cut < n_runs && n_cut < MAX_RUNS && room > 0; n_cut++) {
        cut[n_cut] = runs[n_cut];
        if (cut[n_cut].iov_len > room)
            cut[n_cut].iov_len = room;
        room -= cut[n_cut].iov_len;
        asked += cut[n_cut].iov_len;
    }
    const bool stays_open = is_more && room > 0;
    const ssize_t n = plain_write(c, cut, n_cut, stays_open);
    if (n > 0)
        tls_kernel_has_taken(&c->tls, asked, (size_t)n, stays_open);
    return n;
}

ssize_t connection_write(struct connection *c, const struct iovec *runs, int n_runs, bool is_more)
{
    if (!c->socket.is_writable)
        return ERR_AGAIN;
    if (connection_encrypts(c)) {
        const ssize_t n = tls_write(&c->tls, runs[0].iov_base, runs[0].iov_len);
        if (n > 0)
            counter_add(&c->loop->counters, HTTP_COUNT_BYTES_OUT, (uint64_t)n);
        return n;
    }
    if (c->tls.is_encrypted_by_kernel)
        return note_sent(c, kernel_tls_write(c, runs, n_runs, is_more));
    return note_sent(c, plain_write(c, runs, n_runs, is_more));
}

ssize_t connection_write_file(struct connection *c, int file_fd, uint64_t offset, uint64_t length)
{
    const size_t room = c->tls.is_encrypted_by_kernel ? tls_kernel_room(&c->tls, true) : SIZE_MAX;
    const size_t asked = length < room ? (size_t)length : room;
    off_t position = (off_t)offset;
    ssize_t n = 0;

    if (!c->socket.is_writable)
        return ERR_AGAIN;
    do
        n = sendfile(c->socket.fd, file_fd, &position, asked);
    while (n < 0 && errno == EINTR);
    if (n > 0 && c->tls.is_encrypted_by_kernel)
        tls_kernel_has_taken(&c->tls, asked, (size_t)n, (size_t)n < asked);
    return n == 0 ? ERR_IO : note_sent(c, n); /* 0: the file has become shorter */
}

size_t connection_record_bytes(const struct connection *c)
{
    return tls_gather_bytes(&c->tls);
}

bool connection_take_progress(struct connection *c)
{
    const bool has_sent = c->socket.has_sent;

    c->socket.has_sent = false;
    return has_sent;
}

/* Not by what waits in the socket: where the kernel makes records, it adds to that by itself. */
int64_t connection_acknowledged(const struct connection *c)
{
    struct tcp_info info = {.tcpi_bytes_acked = 0};
    socklen_t length = sizeof info;
    int n_waiting = 0;

    if (!c->peer.is_local_socket)
        return getsockopt(c->socket.fd, IPPROTO_TCP, TCP_INFO, &info, &length) < 0
                   ? -1
                   : (int64_t)info.tcpi_bytes_acked;
    return ioctl(c->socket.fd, SIOCOUTQ, &n_waiting) < 0 ? -1 : INT64_MAX - n_waiting;
}

void connection_set_pace(struct connection *c, uint32_t used_bytes_per_s)
{
    if (used_bytes_per_s > 0 && c->pacing_since_ms == 0)
        c->pacing_since_ms = c->loop->now_ms;
    const uint32_t rate = pacing_rate(used_bytes_per_s, c->loop->now_ms - c->pacing_since_ms);
    if (rate == c->pacing_rate)
        return;
    (void)setsockopt(c->socket.fd, SOL_SOCKET, SO_MAX_PACING_RATE, &rate, sizeof rate);
    c->pacing_rate = rate;
}

void connection_shut_down(struct connection *c)
{
    if (c->is_shut_down)
        return;
    c->is_shut_down = !c->tls.ssl || tls_say_goodbye(&c->tls);
    /* The kernel would make no more records of what the socket has not taken yet. The peer closes
     * when it has read the end that TLS has of its own. */
    if (!c->tls.is_encrypted_by_kernel)
        (void)shutdown(c->socket.fd, SHUT_WR);
}
