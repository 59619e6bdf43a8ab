// SPDX-License-Identifier: GPL-3.0-or-later
/* chunked.h - takes the chunked transfer coding (RFC 9112 §7.1) off a request body. Pure.
 *
 *      SIZE ──";"──▶ EXTENSION
 *       │ CR            │ CR
 *       ▼               ▼
 *     SIZE_LF ◀─────────┘
 *       │ size > 0            │ size = 0
 *       ▼                     ▼
 *     DATA ─▶ DATA_CR ─▶ DATA_LF ─▶ SIZE      TRAILER ─▶ … ─▶ DONE
 *
 * Extensions and trailers are read, limited and dropped: a trailer never becomes a header field. */
#ifndef SERVER_HTTP_MESSAGE_CHUNKED_H
#define SERVER_HTTP_MESSAGE_CHUNKED_H

#include <stdbool.h>

#include "common/slice.h"

enum chunked_state {
    CHUNKED_SIZE,
    CHUNKED_EXTENSION,
    CHUNKED_SIZE_LF,
    CHUNKED_DATA,
    CHUNKED_DATA_CR,
    CHUNKED_DATA_LF,
    CHUNKED_TRAILER,
    CHUNKED_DONE,
};

struct chunked { /* all zero at first */
    enum chunked_state state;
    uint64_t size;          /* of the chunk being read, then what is left of it */
    unsigned n_digits;      /* of the size */
    size_t extension_bytes; /* of all chunks */
    size_t trailer_bytes;
    size_t line_bytes; /* of the trailer line being read */
    bool has_colon;    /* in that line */
    bool has_cr;       /* at its end */
};

/* Takes bytes off the front of *input up to the end of the next run of body bytes, and returns that
 * run, which lies within the input. An empty run means that *input is used up or the body is over
 * (state CHUNKED_DONE; what *input still holds is the next request).
 * Returns 0, or ERR_INVALID when the coding is broken or oversized. */
int chunked_next(struct chunked *c, struct slice *input, struct slice *ret_data);

#endif
