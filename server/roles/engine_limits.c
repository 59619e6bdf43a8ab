// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/engine_limits.h"

struct http_limits engine_limits(const struct config *config)
{
    struct http_limits limits = HTTP_DEFAULT_LIMITS;

    /* The ranges in config.c keep all of these within 32 bits. */
    limits.handshake_ms = (uint32_t)config->limit_handshake_s * 1000;
    limits.head_ms = (uint32_t)config->limit_head_s * 1000;
    limits.idle_ms = (uint32_t)config->limit_idle_s * 1000;
    limits.send_stall_ms = (uint32_t)config->limit_send_stall_s * 1000;
    limits.send_min_bytes_per_s = (uint32_t)config->limit_send_min_bytes_per_s;
    limits.window_stall_ms = (uint32_t)config->limit_window_stall_s * 1000;
    limits.linger_ms = (uint32_t)config->limit_linger_s * 1000;
    limits.body_grace_ms = (uint32_t)config->limit_body_grace_s * 1000;
    limits.body_min_bytes_per_s = (uint32_t)config->limit_body_min_bytes_per_s;
    limits.max_connections = (uint32_t)config->limit_connections;
    return limits;
}
