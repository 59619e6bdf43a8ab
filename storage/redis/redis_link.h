// SPDX-License-Identifier: GPL-3.0-or-later
/* redis_link.h - an event loop's connection to Redis. Connects by itself, again and again: the
 * server runs on when Redis does not. One thread: the loop's.
 *
 *                 first timer          connected, greeted
 *     WAITING ─────────────▶ CONNECTING ──────────────▶ READY
 *        ▲  pause 50 ms, doubling  │                      │
 *        └──── to 5 s ◀────────────┴──────────────────────┘  refused, lost, or no answer for 5 s
 *
 * Commands that are sent in one turn of the loop leave in one write. The process must ignore
 * SIGPIPE. */
#ifndef STORAGE_REDIS_REDIS_LINK_H
#define STORAGE_REDIS_REDIS_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "common/slice.h"
#include "storage/redis/redis_args.h"
#include "storage/redis/redis_reply.h"

struct redisAsyncContext; /* hiredis' */
struct redis_link;        /* opaque */

/* How the link lives in a loop: the loop's owner implements it, for libevent with
 * hiredis/adapters/libevent.h and one event timer. `loop` is handed to each function. */
struct redis_loop {
    void *loop; /* borrowed */

    /* Fills context->ev (redisLibeventAttach does). Returns 0 or a negative value. */
    int (*attach)(void *loop, struct redisAsyncContext *context);

    /* Makes a timer that is not armed and calls fn(arg) once each time that it was armed.
     * NULL when memory is exhausted. */
    void *(*timer_new)(void *loop, void (*fn)(void *arg), void *arg);

    /* Arms it, or arms it anew. */
    void (*timer_arm)(void *timer, uint32_t delay_ms);

    void (*timer_free)(void *timer);
};

enum { REDIS_COMMAND_TIMEOUT_MS = 5000, REDIS_MAX_IN_FLIGHT = 100000 };

/* What came of a command; never called before redis_link_send has returned, and exactly once for
 * each command that it took.
 *   err 0             reply is borrowed until the function returns; it may be an error of Redis'
 *                     (redis_reply_error)
 *   ERR_UNAVAILABLE   the connection was lost: the command may have been carried out, or not
 *   ERR_TIMEOUT       no answer within REDIS_COMMAND_TIMEOUT_MS: likewise
 *   ERR_CANCELLED     the link is being freed: likewise */
typedef void redis_link_reply_fn(int err, const struct redisReply *reply, void *arg);

/* Copies address and loop. Connects from the loop, not in this call.
 * Returns 0 and a link that redis_link_free() ends, or ERR_INVALID for a bad address, or
 * ERR_NO_MEMORY. */
int redis_link_new(const char *address, const struct redis_loop *loop,
                   struct redis_link **ret_link);

/* Ends the connection. Commands under way get ERR_CANCELLED before this returns, and nothing comes
 * after. Not from inside on_reply. NULL is allowed. */
void redis_link_free(struct redis_link *link);
DEFINE_CLEANUP(redis_link_free, struct redis_link *)

/* Whether commands would be taken now: for tests, which wait for it. */
bool redis_link_is_ready(const struct redis_link *link);

/* Sends a command. on_reply may be NULL when nobody cares.
 * Returns 0, or, and then on_reply is not called: ERR_UNAVAILABLE when not connected,
 * ERR_TOO_LARGE when REDIS_MAX_IN_FLIGHT commands wait or args overflowed, ERR_NO_MEMORY. */
int redis_link_send(struct redis_link *link, const struct redis_args *args,
                    redis_link_reply_fn *on_reply, void *arg);

/* Why the link is not ready, or why it was lost last; "" when it never was. For logs and /readyz.
 */
const char *redis_link_failure(const struct redis_link *link);

#endif
