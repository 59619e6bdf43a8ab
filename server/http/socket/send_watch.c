// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/socket/send_watch.h"

void send_watch_begin(struct send_watch *watch, int64_t now_ms, const struct http_limits *limits)
{
    watch->look_at_ms = now_ms + limits->send_stall_ms / 2;
    watch->n_acknowledged = -1;
}

void send_watch_end(struct send_watch *watch)
{
    watch->look_at_ms = 0;
}

bool send_watch_is_due(const struct send_watch *watch, int64_t now_ms)
{
    return watch->look_at_ms > 0 && now_ms >= watch->look_at_ms;
}

bool send_watch_look(struct send_watch *watch, int64_t now_ms, int64_t n_acknowledged,
                     const struct http_limits *limits)
{
    const int64_t least =
        (int64_t)((uint64_t)limits->send_min_bytes_per_s * limits->send_stall_ms / 1000);
    const int64_t before = watch->n_acknowledged;
    const int64_t n_taken = n_acknowledged - before;

    if (n_acknowledged < 0 || (before >= 0 && (n_taken <= 0 || n_taken < least)))
        return false;
    watch->n_acknowledged = n_acknowledged;
    watch->look_at_ms = now_ms + limits->send_stall_ms;
    return true;
}
