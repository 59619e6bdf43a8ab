// SPDX-License-Identifier: GPL-3.0-or-later
/* listener.h - sockets that accept connections: TCP, one per loop on the same port, and the Unix
 * control socket. */
#ifndef SERVER_HTTP_SOCKET_LISTENER_H
#define SERVER_HTTP_SOCKET_LISTENER_H

#include <event2/event_struct.h>
#include <stdbool.h>
#include <stdint.h>

struct http_loop;

/* ACCEPTING ──no descriptor and no reserve, no memory──▶ PAUSED (pause_event is armed)
 *     ▲────────────── a while later, with a reserve ─────────────┘ */
struct listener {
    struct event event;
    struct event pause_event;
    struct http_loop *loop; /* borrowed */
    int fd;                 /* owned; -1 when closed */
    int reserve_fd; /* given up for a moment when descriptors run out, to accept and close; -1 when
                     * somebody else took the room, until there is some again */
    bool is_local;
};

/* What is wrong with an address to listen on ("ADDR:PORT", "[ADDR]:PORT", "localhost:PORT"): a
 * static sentence, or NULL. Whether this host has it is known when it is bound. */
const char *listener_fault(const char *address);

/* Opens a listening TCP socket for a text "ADDR:PORT" or "[ADDR]:PORT" that shares its port with
 * the other loops. With `is_first` set the address must be free; port 0 picks one. Returns 0,
 * ERR_INVALID (malformed), ERR_EXISTS (taken), ERR_DENIED, ERR_NOT_FOUND (no such address on this
 * host) or ERR_IO; ret_port is the port in use. */
int listener_open_tcp(const char *text, bool is_first, int *ret_fd, uint16_t *ret_port);

/* The port that a listening TCP socket is bound to. */
uint16_t listener_port(int fd);

/* The same for a Unix socket with mode 0600. A left-over file that nobody listens on is replaced.
 * ERR_EXISTS when somebody listens. */
int listener_open_unix(const char *path, int *ret_fd);

/* Takes fd over and accepts on the loop from its next turn on. Returns 0 or ERR_NO_MEMORY; fd is
 * taken in either case. */
int listener_start(struct listener *listener, struct http_loop *loop, int fd, bool is_local);

/* Takes in what already waits in the kernel's queue, then closes. A zeroed listener is fine. */
void listener_drain_and_close(struct listener *listener);
void listener_close(struct listener *listener);

#endif
