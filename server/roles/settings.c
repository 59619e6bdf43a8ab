// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/settings.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/log.h"

struct settings_entry {
    struct config config;
    struct settings_entry *older;
};

static enum log_level level_of(const char *name)
{
    static const char *const NAMES[] = {
        [LOG_DEBUG] = "debug", [LOG_INFO] = "info", [LOG_WARN] = "warn", [LOG_ERROR] = "error"};
    enum log_level level = LOG_DEBUG;

    while (level < LOG_ERROR && strcmp(NAMES[level], name) != 0)
        level++;
    return level;
}

static int push(struct settings *settings, const struct config *config)
{
    struct settings_entry *entry = malloc(sizeof *entry);

    if (!entry)
        return ERR_NO_MEMORY;
    entry->config = *config;
    entry->older = settings->entries;
    settings->entries = entry;
    log_configure(strcmp(config->log_format, "text") == 0 ? LOG_TEXT : LOG_JSON,
                  level_of(config->log_level));
    atomic_store(&settings->now, &entry->config);
    return 0;
}

int settings_init(struct settings *settings, const struct config *config)
{
    settings->entries = NULL;
    return push(settings, config);
}

#define KEPT(field)                                                                 \
    {                                                                               \
#field, offsetof(struct config, field), sizeof(((struct config *)0)->field) \
    }

/* Settings that only count at start. */
static const struct {
    const char *name;
    size_t offset;
    size_t size;
} KEPT_SETTINGS[] = {
    KEPT(data),
    KEPT(listen),
    KEPT(redis),
    KEPT(redis_max_bytes),
    KEPT(web),
    KEPT(transcoder),
    KEPT(tls_cert),
    KEPT(tls_key),
    KEPT(loops),
    KEPT(workers),
    KEPT(disk_floor_bytes),
    KEPT(limit_handshake_s),
    KEPT(limit_head_s),
    KEPT(limit_idle_s),
    KEPT(limit_send_stall_s),
    KEPT(limit_send_min_bytes_per_s),
    KEPT(limit_window_stall_s),
    KEPT(limit_linger_s),
    KEPT(limit_body_grace_s),
    KEPT(limit_body_min_bytes_per_s),
    KEPT(limit_connections),
    KEPT(server_timing),
};

int settings_replace(struct settings *settings, const struct config *config)
{
    const struct config *old = settings_now(settings);
    struct config wanted = *config;

    for (size_t i = 0; i < sizeof KEPT_SETTINGS / sizeof KEPT_SETTINGS[0]; i++) {
        const char *value = (const char *)old + KEPT_SETTINGS[i].offset;
        char *place = (char *)&wanted + KEPT_SETTINGS[i].offset;
        if (memcmp(place, value, KEPT_SETTINGS[i].size) == 0)
            continue;
        log_warn("a changed setting needs a restart", log_str("setting", KEPT_SETTINGS[i].name));
        memcpy(place, value, KEPT_SETTINGS[i].size);
    }
    /* Old values are kept to the end, so a reload that changes nothing must cost nothing. */
    return config_is_same(old, &wanted) ? 0 : push(settings, &wanted);
}

const struct config *settings_now(const struct settings *settings)
{
    return atomic_load(&settings->now);
}

void settings_clear(struct settings *settings)
{
    while (settings->entries) {
        struct settings_entry *entry = settings->entries;
        settings->entries = entry->older;
        free(entry);
    }
}
