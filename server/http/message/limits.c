// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/message/limits.h"

const struct http_limits HTTP_DEFAULT_LIMITS = {
    .handshake_ms = 10 * 1000,
    .head_ms = 10 * 1000,
    .idle_ms = 65 * 1000,
    .send_stall_ms = 60 * 1000,
    .window_stall_ms = 60 * 1000,
    .send_min_bytes_per_s = 256,
    .linger_ms = 10 * 1000,
    .body_grace_ms = 30 * 1000,
    .body_min_bytes_per_s = 512,
    .max_connections = 0,
};
