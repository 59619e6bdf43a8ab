// SPDX-License-Identifier: GPL-3.0-or-later
/* access_log.h - a line for an answered request, as the settings ask: none, JSON beside the other
 * lines, or the "combined" form that tools for web statistics read.
 *
 * Never in a line: query strings, cookies, playback tokens (routes set a path without them), and
 * more of a Referer than its origin, since the rest is the path and query of another page. */
#ifndef SERVER_ROLES_ACCESS_LOG_H
#define SERVER_ROLES_ACCESS_LOG_H

#include <stdatomic.h>
#include <stdint.h>

#include "common/buf.h"
#include "server/config.h"
#include "server/http/server.h"

struct access_log { /* all zero at first */
    _Atomic uint64_t n_answered;
};

/* Writes the line when this request is one of those that get one: every access_log_every-th, and
 * each that failed by our fault (5xx). Any thread. */
void access_log_note(struct access_log *log, const struct config *config,
                     const struct http_answered *record);

/* Appends the combined form with its line feed; at most 3 KiB. Pure. */
void access_log_combined(const struct http_answered *record, const char *sender, int64_t now_s,
                         struct buf *line);

#endif
