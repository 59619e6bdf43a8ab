// SPDX-License-Identifier: GPL-3.0-or-later
/* answer_body.h - the bytes of an answer's body: runs of memory and of one open file, and how far
 * they have been sent. The same for every protocol. */
#ifndef SERVER_HTTP_EXCHANGE_ANSWER_BODY_H
#define SERVER_HTTP_EXCHANGE_ANSWER_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/slice.h"

struct http_file;

struct body_part {
    const char *memory; /* NULL: the part is in the file */
    uint64_t offset;    /* in the file */
    uint64_t length;    /* > 0 */
};

struct answer_body { /* all zero: nothing to send */
    struct body_part single;
    const struct body_part *parts; /* &single, or an array of the exchange's arena */
    size_t n_parts;                /* left to send, parts[0] being the current one */
    uint64_t done;                 /* bytes of parts[0] that were sent */
    struct http_file *file;        /* a reference; NULL when all is memory */
    void *owner;                   /* of the memory; let go of with the body. NULL: nobody */
    void (*release)(void *owner);
};

/* What holds the body's memory, if it is not as old as the exchange. Before the bytes are set; it
 * is kept when those are dropped. */
static inline void answer_body_set_owner(struct answer_body *body, void *owner,
                                         void (*release)(void *owner))
{
    body->owner = owner;
    body->release = release;
}

void answer_body_set_memory(struct answer_body *body, struct slice bytes);

/* Takes a reference to the file. */
void answer_body_set_file(struct answer_body *body, struct http_file *file, uint64_t offset,
                          uint64_t length);

/* Several parts, which stay the caller's; file is NULL when all of them are memory. */
void answer_body_set_parts(struct answer_body *body, const struct body_part *parts, size_t n_parts,
                           struct http_file *file);

/* Drops what is left and the file: nothing will be sent. */
void answer_body_drop(struct answer_body *body);

/* The same, and lets go of the memory's owner. */
void answer_body_clear(struct answer_body *body);

static inline bool answer_body_is_done(const struct answer_body *body)
{
    return body->n_parts == 0;
}

/* The rest of the current part when it is in memory, else an empty slice. */
struct slice answer_body_memory(const struct answer_body *body);

/* The descriptor, position and rest of the current part, which is in the file. */
int answer_body_file(const struct answer_body *body, uint64_t *ret_offset, uint64_t *ret_length);

/* Copies up to `size` bytes from the current position on, without moving it: the same call gives
 * the same bytes again. Returns how many, or ERR_IO when the file cannot be read or has become
 * shorter than it was. */
ssize_t answer_body_copy(const struct answer_body *body, char *to, size_t size);

/* Moves on by `length` bytes, at most all. */
void answer_body_advance(struct answer_body *body, uint64_t length);

#endif
