// SPDX-License-Identifier: GPL-3.0-or-later
/* misbehaviour.h - how much a connection has done that no honest client does often. Pure.
 *
 * Each deed has a weight; points fade with time, so that what happens now and then costs nothing.
 * At three quarters of the limit the connection is told to end (GOAWAY: what runs is finished), at
 * the limit it is closed. One score for all deeds: an attack that mixes them gains nothing.
 *
 *   TOLERATED ──75 %──▶ WARNED ──100 %──▶ OVER */
#ifndef SERVER_HTTP_H2_MISBEHAVIOUR_H
#define SERVER_HTTP_H2_MISBEHAVIOUR_H

#include <stdint.h>

enum misdeed {
    MISDEED_EARLY_RESET,    /* by the peer, of a request that is young or not yet answered */
    MISDEED_LATE_RESET,     /* by the peer, of another: a player that seeks */
    MISDEED_PROVOKED_RESET, /* by us, for what the peer did to the stream */
    MISDEED_BAD_REQUEST,    /* refused for its form */
    MISDEED_LARGE_HEAD,     /* fields beyond the limits: costs us more than it costs the peer */
    MISDEED_CONTROL_FRAME,  /* PING, SETTINGS, PRIORITY, WINDOW_UPDATE beyond what data explains */
    MISDEED_EMPTY_FRAME,    /* that ends nothing */
    MISDEED_DROPPED_FRAME,  /* of an unknown type, or of a stream that is gone */
    MISDEED_STALL,          /* an answer waited for the peer's window until we gave up */
    MISDEED_N,
};

enum misbehaviour_verdict { MISBEHAVIOUR_TOLERATED, MISBEHAVIOUR_WARNED, MISBEHAVIOUR_OVER };

struct misbehaviour { /* all zero at first */
    int64_t milli_points;
    int64_t at_ms; /* when milli_points was right */
};

/* Adds a deed. now_ms on any clock that does not go back. */
enum misbehaviour_verdict misbehaviour_add(struct misbehaviour *m, enum misdeed deed,
                                           int64_t now_ms);

#endif
