// SPDX-License-Identifier: GPL-3.0-or-later
/* send_watch.h - whether a peer takes what it is sent, at whatever speed an honest link has. Pure.
 *
 * While a send is blocked the peer is looked at: for the first time when the socket has taken
 * nothing for half of send_stall_ms, then each send_stall_ms. Between two looks it must have
 * acknowledged bytes, at send_min_bytes_per_s: what the kernel holds may last a slow link for
 * longer than send_stall_ms, so that the socket alone cannot tell a slow peer from one that has
 * stopped.
 *
 *     not blocked ──begin──▶ watched ──look: not enough──▶ given up
 *          ▲                  │  ▲ │
 *          └───────end────────┘  └─┘ begin again when the socket takes bytes; look: enough */
#ifndef SERVER_HTTP_SOCKET_SEND_WATCH_H
#define SERVER_HTTP_SOCKET_SEND_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "server/http/message/limits.h"

struct send_watch {
    int64_t look_at_ms;     /* 0: not blocked */
    int64_t n_acknowledged; /* bytes until the last look; -1: not yet */
};

/* The send is blocked, and the socket has taken its last bytes now. */
void send_watch_begin(struct send_watch *watch, int64_t now_ms, const struct http_limits *limits);

/* The send is no longer blocked. */
void send_watch_end(struct send_watch *watch);

bool send_watch_is_due(const struct send_watch *watch, int64_t now_ms);

/* A look that is due: whether to go on waiting. n_acknowledged: bytes that the peer has
 * acknowledged so far, counted from anywhere; -1 when that cannot be known, which ends the
 * patience. */
bool send_watch_look(struct send_watch *watch, int64_t now_ms, int64_t n_acknowledged,
                     const struct http_limits *limits);

#endif
