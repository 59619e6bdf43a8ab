// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/settings.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct config example(void)
{
    struct config config = {.loops = 2, .session_days = 30};

    (void)snprintf(config.data, sizeof config.data, "%s", "/data");
    (void)snprintf(config.listen, sizeof config.listen, "%s", "127.0.0.1:1");
    (void)snprintf(config.log_format, sizeof config.log_format, "%s", "json");
    (void)snprintf(config.log_level, sizeof config.log_level, "%s", "error");
    return config;
}

Test(settings, what_counts_at_any_time_is_replaced_and_what_counts_at_start_is_kept)
{
    struct settings settings;
    struct config config = example();
    size_t n_changed = 9;

    cr_assert_eq(settings_init(&settings, &config), 0);
    const struct config *old = settings_now(&settings);
    config.session_days = 7;
    config.loops = 8;
    (void)snprintf(config.listen, sizeof config.listen, "%s", "0.0.0.0:80");
    cr_assert_eq(settings_replace(&settings, &config, &n_changed), 0);
    const struct config *now = settings_now(&settings);
    cr_assert_eq(n_changed, 1);
    cr_assert_eq(now->session_days, 7);
    cr_assert_eq(now->loops, 2);
    cr_assert_str_eq(now->listen, "127.0.0.1:1");
    cr_assert_eq(old->session_days, 30, "a reader of the old ones is not disturbed");
    settings_clear(&settings);
}

Test(settings, a_reload_that_changes_nothing_keeps_nothing)
{
    struct settings settings;
    struct config config = example();
    size_t n_changed = 9;

    cr_assert_eq(settings_init(&settings, &config), 0);
    const struct config *old = settings_now(&settings);
    config.loops = 8; /* only counts at start */
    cr_assert_eq(settings_replace(&settings, &config, &n_changed), 0);
    cr_assert_eq(settings_now(&settings), old);
    cr_assert_eq(n_changed, 0);
    settings_clear(&settings);
}
