// SPDX-License-Identifier: GPL-3.0-or-later
/* limits.h - every number that keeps a stranger from taking more than a share, with its reason.
 *
 * The enums are fixed because arrays and proofs depend on them. struct http_limits is what an
 * operator may change; HTTP_DEFAULT_LIMITS is what we would run ourselves. */
#ifndef SERVER_HTTP_LIMITS_H
#define SERVER_HTTP_LIMITS_H

#include <stdint.h>

enum {
    /* A request head. Browsers send about 0.5 KiB, with fat cookies 4; servers in front of and
     * behind us agree on 8 and 16. */
    HTTP_MAX_TARGET_BYTES = 8192,
    HTTP_MAX_FIELD_BYTES = 8192,
    HTTP_MAX_HEAD_BYTES = 16384,
    HTTP_MAX_FIELDS = 100,

    /* Chunked bodies: nobody uses extensions or trailers in earnest. */
    HTTP_MAX_CHUNK_EXTENSION_BYTES = 1024,
    HTTP_MAX_TRAILER_BYTES = 4096,

    /* Parts of a multipart/byteranges answer; a header asking for more is ignored. */
    HTTP_MAX_RANGES = 16,

    /* Ranges closer than this cost less as one than as two parts with their headers. */
    HTTP_RANGE_GAP_BYTES = 128,

    /* What an exchange's arena may hold: a request head, its decoded parts and a rendered answer.
     */
    HTTP_MAX_EXCHANGE_BYTES = 1 << 20,

    /* Requests of one connection answered in one wake-up; the rest waits for its next turn. */
    HTTP_REQUESTS_PER_TURN = 64,

    /* Bytes of one connection read or sent in one wake-up, so that a fast peer cannot starve the
     * others: about a quarter of a millisecond of work. */
    HTTP_BYTES_PER_TURN = 256 * 1024,

    /* Unsent bytes that the kernel takes from us. Small enough that they stay in the processor's
     * cache and that a slow reader holds little memory. */
    HTTP_UNSENT_BYTES = 64 * 1024,

    /* Body bytes that are read and thrown away to keep a connection after a handler answered
     * without them; a longer rest is cheaper to cut off. */
    HTTP_MAX_DISCARD_BYTES = 64 * 1024,

    /* Bytes a stream (server-sent events) may be behind before its reader counts as gone. */
    HTTP_MAX_STREAM_BACKLOG_BYTES = 256 * 1024,

    /* Bodies in this range are compressed while the loop waits: less does not pay, more takes
     * longer than a loop may be held (about 5 ms). */
    HTTP_MIN_COMPRESS_BYTES = 200,
    HTTP_MAX_COMPRESS_BYTES = 256 * 1024,

    /* Body bytes per second are averaged over this long. */
    HTTP_RATE_WINDOW_S = 60,

    /* Descriptors left to databases, files and logs when the rest are connections. */
    HTTP_RESERVED_DESCRIPTORS = 512,
};

struct http_limits {
    uint32_t handshake_ms; /* TLS, from accept; 2 round trips of 800 ms and a slow phone fit well */
    uint32_t head_ms;      /* a whole request head, from its first byte (at first: from accept) */
    uint32_t idle_ms;      /* between requests: a player's heartbeats come every 15 s, and a new
                            * connection costs 2 to 3 round trips of 800 ms */
    uint32_t send_stall_ms; /* without one byte taken by the peer; outages of a minute are usual */
    uint32_t linger_ms;     /* after the last answer, for a peer that is still sending to read it
                             * before the reset: what is on its way over a slow uplink has to come in */
    uint32_t body_grace_ms; /* before the rate of a request body is judged */
    uint32_t body_min_bytes_per_s; /* over HTTP_RATE_WINDOW_S; a rate and not a deadline, because
                                    * honest uplinks are slow. 0: no rule */
    uint32_t max_connections;      /* of the server; 0: as many as descriptors allow */
};

extern const struct http_limits HTTP_DEFAULT_LIMITS;

#endif
