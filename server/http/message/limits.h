// SPDX-License-Identifier: GPL-3.0-or-later
/* limits.h - every number that keeps a stranger from taking more than a share, with its reason.
 *
 * The enums are fixed because arrays and proofs depend on them. struct http_limits is what an
 * operator may change; HTTP_DEFAULT_LIMITS is what we would run ourselves. */
#ifndef SERVER_HTTP_MESSAGE_LIMITS_H
#define SERVER_HTTP_MESSAGE_LIMITS_H

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
     * cache and that a slow reader holds little memory: with 64 KiB a segment of 1 MB took a fifth
     * more of the processor. */
    HTTP_UNSENT_BYTES = 16 * 1024,

    /* A part of a file up to here is kept in memory when it is asked for again and again. Copying
     * that much costs about as much as sendfile()'s work with pages. */
    HTTP_MAX_MEMORY_BYTES = 32 * 1024,

    /* Body bytes that are read and thrown away to keep a connection after a handler answered
     * without them; a longer rest is cheaper to cut off. */
    HTTP_MAX_DISCARD_BYTES = 64 * 1024,

    /* Bytes a stream (server-sent events) may be behind before its reader counts as gone. */
    HTTP_MAX_STREAM_BACKLOG_BYTES = 256 * 1024,

    /* Bodies in this range are compressed while the loop waits: less does not pay, more takes
     * longer than a loop may be held (about 5 ms). */
    HTTP_MIN_COMPRESS_BYTES = 200,
    HTTP_MAX_COMPRESS_BYTES = 256 * 1024,

    /* Brotli takes longer than gzip for longer texts: these get gzip. */
    HTTP_MAX_BROTLI_BYTES = 64 * 1024,

    /* Body bytes per second are averaged over this long. */
    HTTP_RATE_WINDOW_S = 60,

    /* HTTP/2. Streams at once: browsers use a dozen, RFC 9113 §6.5.2 advises at least 100. */
    HTTP_MAX_STREAMS = 100,

    /* Body bytes that a client may send ahead of us, per stream and per connection: 2.5 Mbit/s over
     * a round trip of 800 ms, which no uplink here has. Held in memory while a handler pauses. */
    HTTP_STREAM_WINDOW_BYTES = 256 * 1024,
    HTTP_CONNECTION_WINDOW_BYTES = 512 * 1024,

    /* A header block on the wire, before decompression; more cannot become a head within
     * HTTP_MAX_HEAD_BYTES. And the frames that it may be cut into (CVE-2024-28182). */
    HTTP_MAX_HEADER_BLOCK_BYTES = HTTP_MAX_HEAD_BYTES,
    HTTP_MAX_CONTINUATIONS = 8,

    /* What RFC 9113 §6.5.2 adds for each field when it counts the size of a head. Without it a
     * field of no bytes would cost nothing (CVE-2016-6581, CVE-2026-49975). */
    HTTP_FIELD_OVERHEAD_BYTES = 32,

    /* What is remembered of the fields that we send, to send them shorter: few, always the same. */
    HTTP_HPACK_TABLE_BYTES = 1024,

    /* Acknowledgements that wait for a peer that does not read. */
    HTTP_MAX_WAITING_ACKS = 1000,

    /* Misbehaviour, in control frames: the warning is reached by so many in a minute. No client
     * pings or changes settings more than a few times a minute. */
    HTTP_MISBEHAVIOUR_WARNING = 900,
    HTTP_MISBEHAVIOUR_LIMIT = 1200, /* the warning is three quarters of it */

    /* Requests that a client takes back at once, a minute, until it is warned (CVE-2023-44487). A
     * viewer who drags the slider all the time causes about one a second. */
    HTTP_MAX_RESETS = 100,

    /* A request taken back before it is this old was hardly meant. */
    HTTP_EARLY_RESET_MS = 1000,

    /* For each KiB that we send the peer may enlarge a window once, and this often without. */
    HTTP_FREE_WINDOW_UPDATES = 200,

    /* An answer that the peer's window holds back must get this much of it within window_stall_ms:
     * windows of one byte are a way to hold answers, too. */
    HTTP_MIN_WINDOW_BYTES = 1024,

    /* Descriptors left to databases, files and logs when the rest are connections. */
    HTTP_RESERVED_DESCRIPTORS = 512,
};

struct http_limits {
    uint32_t handshake_ms; /* TLS, from accept; 2 round trips of 800 ms and a slow phone fit well */
    uint32_t head_ms;      /* a whole request head, from its first byte (at first: from accept) */
    uint32_t idle_ms;      /* between requests: a player's heartbeats come every 15 s, and a new
                            * connection costs 2 to 3 round trips of 800 ms */
    uint32_t send_stall_ms;        /* between two looks at a peer that blocks an answer (see
                                    * send_watch.h); outages of a minute are usual */
    uint32_t send_min_bytes_per_s; /* acknowledged meanwhile by a peer that is not stalled: less
                                    * carries no sound, and would hold an answer for hours */
    uint32_t window_stall_ms; /* HTTP/2: an answer without window. As long as send_stall_ms, for the
                               * same reason: in an outage no WINDOW_UPDATE comes through either */
    uint32_t linger_ms;       /* after the last answer, for a peer that is still sending to read it
                               * before the reset: what is on its way over a slow uplink has to come in */
    uint32_t body_grace_ms;   /* before the rate of a request body is judged */
    uint32_t body_min_bytes_per_s; /* over HTTP_RATE_WINDOW_S; a rate and not a deadline, because
                                    * honest uplinks are slow. 0: no rule */
    uint32_t max_connections;      /* of the server; 0: as many as descriptors allow */
};

extern const struct http_limits HTTP_DEFAULT_LIMITS;

#endif
