// SPDX-License-Identifier: GPL-3.0-or-later
/* body_rate.h - whether a request body arrives fast enough: a rate over a sliding window instead of
 * a deadline, so that an honest upload over a bad link passes and a dripping one does not. Pure.
 *
 * The window is a ring of buckets. Only time in which we were willing to read counts: while the
 * handler holds the body back, the clock stands still. */
#ifndef SERVER_HTTP_MESSAGE_BODY_RATE_H
#define SERVER_HTTP_MESSAGE_BODY_RATE_H

#include <stdbool.h>
#include <stdint.h>

#include "server/http/message/limits.h"

enum { BODY_RATE_BUCKETS = 6 };

struct body_rate {
    int64_t since_ms;  /* when the clock last started; 0 while it stands */
    int64_t active_ms; /* counted before since_ms */
    int64_t bucket;    /* number of the newest bucket: active time / bucket length */
    uint64_t bytes[BODY_RATE_BUCKETS];
};

/* Starts or restarts the clock; all zero at first. now_ms > 0. */
void body_rate_run(struct body_rate *rate, int64_t now_ms);
void body_rate_hold(struct body_rate *rate, int64_t now_ms);

void body_rate_add(struct body_rate *rate, int64_t now_ms, uint64_t bytes);

/* Whether the body is still within the limits' rule. */
bool body_rate_is_enough(struct body_rate *rate, int64_t now_ms, const struct http_limits *limits);

#endif
