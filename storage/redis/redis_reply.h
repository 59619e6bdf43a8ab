// SPDX-License-Identifier: GPL-3.0-or-later
/* redis_reply.h - looking into a reply without knowing hiredis. Every function takes NULL, which
 * is like a nil. Pure. */
#ifndef STORAGE_REDIS_REDIS_REPLY_H
#define STORAGE_REDIS_REDIS_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "common/slice.h"

struct redisReply; /* hiredis' */

bool redis_reply_is_nil(const struct redisReply *reply);

/* 0 unless Redis answered with an error, which becomes
 *   ERR_UNAVAILABLE   it cannot work now: loading, out of memory, disk full, read-only
 *   ERR_NOT_FOUND     no such script, stream, group or key
 *   ERR_EXISTS        such a group is there already
 *   ERR_DENIED        not signed in, or not allowed
 *   ERR_CORRUPT       the key holds another type
 *   ERR_INVALID       anything else: a mistake of ours */
int redis_reply_error(const struct redisReply *reply);

/* The text of a string, status or error; empty for anything else. Borrowed from the reply. */
struct slice redis_reply_text(const struct redisReply *reply);

/* An integer, or a string that is one. Returns 0 or ERR_INVALID. */
int redis_reply_int(const struct redisReply *reply, int64_t *ret_value);

/* Elements of a list; 0 for anything else. */
size_t redis_reply_length(const struct redisReply *reply);

/* Element i, borrowed; NULL when there is none. */
const struct redisReply *redis_reply_at(const struct redisReply *reply, size_t i);

/* For replies that a function gave away. NULL is allowed. */
void redis_reply_free(struct redisReply *reply);
DEFINE_CLEANUP(redis_reply_free, struct redisReply *)

#endif
