// SPDX-License-Identifier: GPL-3.0-or-later
/* connection.h - a socket of a loop, plain or TLS, and what speaks on it.
 *
 *   accept ──▶ [ TLS handshake ] ──▶ session: HTTP/1.1 or HTTP/2 ──▶ closed
 *
 * The socket is registered once, edge-triggered, for both directions. An edge only sets a flag and
 * lets the session advance; the session reads and writes until it has nothing to do or the kernel
 * says so (ERR_AGAIN, which clears the flag). A turn is bounded: a session with more to do calls
 * connection_again() and goes to the end of the line. */
#ifndef SERVER_HTTP_SOCKET_CONNECTION_H
#define SERVER_HTTP_SOCKET_CONNECTION_H

#include <sys/types.h>
#include <sys/uio.h>

#include "server/http/loop/loop_core.h"
#include "server/http/message/request.h"
#include "server/http/socket/socket_state.h"
#include "server/http/socket/tls_state.h"

struct connection;

/* A protocol on a connection. Each call may end with connection_close(), as its last act. */
struct session_type {
    /* The socket may be readable or writable, or the connection's turn has come again. */
    void (*advance)(void *session);

    /* The deadline set by connection_set_deadline() has passed. */
    void (*on_deadline)(void *session);

    /* The server is stopping: close when idle, else after the exchanges under way. */
    void (*stop)(void *session);

    /* Frees the session; exchanges under way lose their peer. Called by connection_close(). */
    void (*free)(void *session);
};

struct connection {
    struct loop_member member; /* of the loop */
    struct event event;
    struct loop_task again;
    struct http_loop *loop;
    const struct session_type *type;
    void *session; /* owned */
    struct socket_state socket;
    struct tls_state tls;
    int64_t pacing_since_ms; /* time of the first paced answer; 0: none yet */
    uint32_t pacing_rate;    /* the socket's; PACING_NONE: no limit */
    bool is_shut_down;       /* the peer has been told that nothing more comes */
    struct http_peer peer;
};

/* Takes over an accepted, non-blocking socket; `start` begins its first session. On failure the
 * socket is closed. */
void connection_open(struct http_loop *loop, int fd, const struct http_peer *peer,
                     session_start *start);

/* Ends session and socket. What the kernel has taken is still sent, unless unread input makes it
 * reset the connection: see the lingering of sessions. */
void connection_close(struct connection *c);

/* Replaces what speaks on the connection (after a handshake); the old session is freed. */
void connection_set_session(struct connection *c, const struct session_type *type, void *session);

/* Up to `size` bytes (> 0). Returns their number, 0 at the end of input, ERR_AGAIN or ERR_IO. */
ssize_t connection_read(struct connection *c, char *to, size_t size);

/* Something may have come that made no edge of its own: the next read asks the socket. */
static inline void connection_look_again(struct connection *c)
{
    c->socket.is_readable = true;
    c->socket.is_drained = false;
}

/* Whether what is written has to become TLS records first: elsewhere the socket can have files. */
static inline bool connection_encrypts(const struct connection *c)
{
    return c->tls.ssl && !c->tls.is_encrypted_by_kernel;
}

/* Writes from memory; is_more says that more follows at once. Returns the number of bytes taken
 * (> 0), ERR_AGAIN or ERR_IO. A connection that encrypts takes only the first run, at most
 * connection_record_bytes() of it; some may then wait for the socket. */
ssize_t connection_write(struct connection *c, const struct iovec *runs, int n_runs, bool is_more);

/* Sends from a file without copying; not on a connection that encrypts. As above. */
ssize_t connection_write_file(struct connection *c, int file_fd, uint64_t offset, uint64_t length);

/* How much a TLS connection should be given next: what its socket may be expected to take. */
size_t connection_record_bytes(const struct connection *c);

/* Whether bytes that were taken still wait for the socket; an edge will say when to look again. */
static inline bool connection_has_unsent(const struct connection *c)
{
    return c->tls.unsent.length > 0;
}

/* Whether the socket has taken bytes since the last call. */
bool connection_take_progress(struct connection *c);

/* Bytes that the peer has acknowledged so far, counted from anywhere: only what two calls differ by
 * means something. -1 when the kernel does not tell. */
int64_t connection_acknowledged(const struct connection *c);

/* From now on at the pace of a peer that uses so much; 0: as fast as the link allows. Costs a
 * system call when the pace changes. */
void connection_set_pace(struct connection *c, uint32_t used_bytes_per_s);

/* Sends all, then tells the peer that nothing more comes; input is still read. Where the kernel
 * encrypts, to be called again when the socket is writable, until is_shut_down. */
void connection_shut_down(struct connection *c);

/* Lets the session advance again, after the other connections had their turn. */
void connection_again(struct connection *c);

/* at_ms on the loop's clock; 0 for none. */
void connection_set_deadline(struct connection *c, int64_t at_ms);

#endif
