// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/engine_limits.h"

#include <criterion/criterion.h>

static struct http_limits limits_of(char **argv, int argc)
{
    struct buf message = buf_with_limit(1000);
    struct config config;
    int n_left;

    cr_assert_eq(config_load(&config, argc, argv, &n_left, &message), 0);
    buf_clear(&message);
    return engine_limits(&config);
}

Test(engine_limits, settings_that_nobody_touched_are_the_engines_own)
{
    char *argv[] = {NULL};
    const struct http_limits limits = limits_of(argv, 0);

    cr_assert_eq(limits.handshake_ms, HTTP_DEFAULT_LIMITS.handshake_ms);
    cr_assert_eq(limits.head_ms, HTTP_DEFAULT_LIMITS.head_ms);
    cr_assert_eq(limits.idle_ms, HTTP_DEFAULT_LIMITS.idle_ms);
    cr_assert_eq(limits.send_stall_ms, HTTP_DEFAULT_LIMITS.send_stall_ms);
    cr_assert_eq(limits.send_min_bytes_per_s, HTTP_DEFAULT_LIMITS.send_min_bytes_per_s);
    cr_assert_eq(limits.window_stall_ms, HTTP_DEFAULT_LIMITS.window_stall_ms);
    cr_assert_eq(limits.linger_ms, HTTP_DEFAULT_LIMITS.linger_ms);
    cr_assert_eq(limits.body_grace_ms, HTTP_DEFAULT_LIMITS.body_grace_ms);
    cr_assert_eq(limits.body_min_bytes_per_s, HTTP_DEFAULT_LIMITS.body_min_bytes_per_s);
    cr_assert_eq(limits.max_connections, HTTP_DEFAULT_LIMITS.max_connections);
}

Test(engine_limits, each_setting_changes_its_own_limit)
{
    char *argv[] = {
        "--limit-handshake-s=1",          "--limit-head-s=2",      "--limit-idle-s=3",
        "--limit-send-stall-s=4",         "--limit-linger-s=5",    "--limit-body-grace-s=3600",
        "--limit-body-min-bytes-per-s=0", "--limit-connections=7", "--limit-send-min-bytes-per-s=8",
        "--limit-window-stall-s=9"};
    const struct http_limits limits = limits_of(argv, 10);

    cr_assert_eq(limits.handshake_ms, 1000);
    cr_assert_eq(limits.head_ms, 2000);
    cr_assert_eq(limits.idle_ms, 3000);
    cr_assert_eq(limits.send_stall_ms, 4000);
    cr_assert_eq(limits.linger_ms, 5000);
    cr_assert_eq(limits.body_grace_ms, 3600000);
    cr_assert_eq(limits.body_min_bytes_per_s, 0);
    cr_assert_eq(limits.max_connections, 7);
    cr_assert_eq(limits.send_min_bytes_per_s, 8);
    cr_assert_eq(limits.window_stall_ms, 9000);
}
