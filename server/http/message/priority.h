// SPDX-License-Identifier: GPL-3.0-or-later
/* priority.h - which of several answers goes first (RFC 9218). Pure.
 *
 * The client says how urgent an answer is and whether parts of it are of use. What it cannot know
 * is how little some answers cost: a playlist of one packet that waits behind a segment keeps a
 * player from asking for the next one. So short answers go one step before their equals. */
#ifndef SERVER_HTTP_MESSAGE_PRIORITY_H
#define SERVER_HTTP_MESSAGE_PRIORITY_H

#include <stdbool.h>
#include <stdint.h>

#include "common/slice.h"

enum {
    PRIORITY_MOST_URGENT = 0,
    PRIORITY_DEFAULT = 3,
    PRIORITY_LEAST_URGENT = 7,

    /* A body up to here counts as short: one TLS record. */
    PRIORITY_SHORT_BYTES = 16 * 1024,
};

struct priority {
    uint8_t urgency;     /* 0 (first) to 7 */
    bool is_incremental; /* shares the connection with its equals, instead of one after the other */
};

/* What a client that says nothing means. */
static inline struct priority priority_default(void)
{
    return (struct priority){.urgency = PRIORITY_DEFAULT};
}

/* A Priority field, or the value of a PRIORITY_UPDATE frame: "u=1, i". Members that we do not know
 * are ignored; of one that comes twice the last counts; a malformed field counts as empty. */
struct priority priority_parse(struct slice value);

/* What an answer of so many bytes gets when the client has asked for `wanted`. */
struct priority priority_of_answer(struct priority wanted, uint64_t body_bytes);

#endif
