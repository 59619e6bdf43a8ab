// SPDX-License-Identifier: GPL-3.0-or-later
/* read_ahead.h - keeps a slow disk away from the loop.
 *
 *     about to send a part of a file ──▶ known to be in the page cache? ──yes──▶ sent
 *                                              │ no
 *                                              ▼ read without waiting: all there? ──yes──▶ sent
 *                                              │ no
 *                                              ▼ a pool's thread reads it; the exchange waits
 *                                              └──protocol->body_ready──▶ sent
 *
 * A file is looked at in windows. What was found in the page cache is taken to be there for some
 * seconds: so the question costs a busy file nothing. */
#ifndef SERVER_HTTP_EXCHANGE_READ_AHEAD_H
#define SERVER_HTTP_EXCHANGE_READ_AHEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "server/http/loop/list.h"

struct http_exchange;
struct http_file;
struct http_loop;

/* Whether the next bytes of the answer's body, `length` at most, can be sent without waiting for a
 * disk. When not, protocol->body_ready is called later from the loop, unless the exchange has been
 * released before; a protocol without that call is never kept waiting. */
bool read_ahead_is_near(struct http_exchange *x, uint64_t length);

/* Whether bytes could be had without waiting: copies `length` of them and returns 0, ERR_AGAIN when
 * some are not in the page cache, or ERR_IO. */
int read_without_waiting(const struct http_file *file, char *to, uint64_t length, uint64_t offset);

/* Frees what is under way. No thread of the pool may be left. */
void read_ahead_clear(struct http_loop *loop);

#endif
