// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/message/body_rate.h"

enum { BUCKET_MS = HTTP_RATE_WINDOW_S * 1000 / BODY_RATE_BUCKETS };

static int64_t active_ms(const struct body_rate *rate, int64_t now_ms)
{
    return rate->active_ms + (rate->since_ms > 0 ? now_ms - rate->since_ms : 0);
}

/* Empties the buckets that time has passed by. */
static void advance(struct body_rate *rate, int64_t now_ms)
{
    const int64_t current = active_ms(rate, now_ms) / BUCKET_MS;

    for (int i = 0; i < BODY_RATE_BUCKETS && rate->bucket < current; i++)
        rate->bytes[++rate->bucket % BODY_RATE_BUCKETS] = 0;
    rate->bucket = current;
}

void body_rate_run(struct body_rate *rate, int64_t now_ms)
{
    if (rate->since_ms == 0)
        rate->since_ms = now_ms;
}

void body_rate_hold(struct body_rate *rate, int64_t now_ms)
{
    rate->active_ms = active_ms(rate, now_ms);
    rate->since_ms = 0;
}

void body_rate_add(struct body_rate *rate, int64_t now_ms, uint64_t bytes)
{
    advance(rate, now_ms);
    rate->bytes[rate->bucket % BODY_RATE_BUCKETS] += bytes;
}

bool body_rate_is_enough(struct body_rate *rate, int64_t now_ms, const struct http_limits *limits)
{
    const int64_t active = active_ms(rate, now_ms);
    uint64_t bytes = 0;

    if (limits->body_min_bytes_per_s == 0 || active <= limits->body_grace_ms)
        return true;
    advance(rate, now_ms);
    for (int i = 0; i < BODY_RATE_BUCKETS; i++)
        bytes += rate->bytes[i];
    /* The newest bucket is not full yet: the window is as long as the time that it covers. */
    const int64_t full = (int64_t)(BODY_RATE_BUCKETS - 1) * BUCKET_MS + active % BUCKET_MS;
    const int64_t covered = active < full ? active : full;
    return bytes * 1000 >= (uint64_t)covered * limits->body_min_bytes_per_s;
}
