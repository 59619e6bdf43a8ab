// SPDX-License-Identifier: GPL-3.0-or-later
/* loop.h - one event loop: a thread with its own listener, connections and resources. Nothing is
 * shared between loops on the hot path. */
#ifndef SERVER_HTTP_LOOP_LOOP_H
#define SERVER_HTTP_LOOP_LOOP_H

#include <stdint.h>

#include "common/work_pool.h"

struct event_base;
struct http_loop;
struct http_timer;

/* Where work pools post results for this loop. Valid as long as the loop. Posting is allowed from
 * any thread, and also from the loop itself: "later, but soon". */
const struct mailbox *http_loop_mailbox(const struct http_loop *loop);

/* What on_loop_start returned (see server.h): the loop's own services. */
void *http_loop_context(const struct http_loop *loop);

/* The loop's number, from 0. */
unsigned http_loop_index(const struct http_loop *loop);

/* For the roles that attach other libraries to the loop. */
struct event_base *http_loop_base(const struct http_loop *loop);

/* Calls fn(arg) every interval_ms (>= 1) on the loop, first after one interval.
 * Returns 0 and a timer that http_timer_free() ends, or ERR_NO_MEMORY. */
int http_timer_start(struct http_loop *loop, uint32_t interval_ms, void (*fn)(void *arg), void *arg,
                     struct http_timer **ret_timer);
void http_timer_free(struct http_timer *timer);

#endif
