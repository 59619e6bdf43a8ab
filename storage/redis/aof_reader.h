// SPDX-License-Identifier: GPL-3.0-or-later
/* aof_reader.h - the commands in a damaged append-only file of Redis. Pure.
 *
 * Redis stops at the first byte that it does not understand. This goes on behind it: what follows
 * "\r\n*" and reads as a whole command is one. Watch progress merges by union, so commands are
 * worth having whatever is missing between them. */
#ifndef STORAGE_REDIS_AOF_READER_H
#define STORAGE_REDIS_AOF_READER_H

#include <stddef.h>

#include "common/slice.h"

struct redis_args;

struct aof_reader {
    struct slice rest;    /* not read yet */
    size_t n_lost;        /* bytes that were no command */
    size_t n_lost_at_end; /* of those, behind the last command: cut off as by a power cut */
};

static inline struct aof_reader aof_reader_of(struct slice file)
{
    return (struct aof_reader){.rest = file};
}

/* The next command; args borrows from the file. Returns 0, or ERR_AGAIN when there are no more. */
int aof_reader_next(struct aof_reader *reader, struct redis_args *ret_args);

#endif
