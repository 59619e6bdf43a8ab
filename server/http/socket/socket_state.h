// SPDX-License-Identifier: GPL-3.0-or-later
/* socket_state.h - a non-blocking socket that is registered edge-triggered, and what its edges and
 * the calls on it have told so far. */
#ifndef SERVER_HTTP_SOCKET_SOCKET_STATE_H
#define SERVER_HTTP_SOCKET_SOCKET_STATE_H

#include <stdbool.h>

struct socket_state {
    int fd;           /* owned by the connection */
    bool is_readable; /* no read has failed since the last edge */
    bool is_writable;
    bool is_half_closed; /* the peer has sent all that it will */
    bool is_drained;     /* TLS: the socket is empty, whatever OpenSSL may still hold */
    bool has_sent;       /* it has taken bytes since connection_take_progress() */
};

#endif
