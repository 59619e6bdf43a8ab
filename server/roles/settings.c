// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/settings.h"

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

static void tell_kept(const char *name)
{
    log_warn("a changed setting needs a restart", log_str("setting", name));
}

int settings_replace(struct settings *settings, const struct config *config, size_t *ret_n_changed)
{
    struct config wanted = *config;

    *ret_n_changed = config_keep_started(settings_now(settings), &wanted, tell_kept);
    /* Old values are kept to the end, so a reload that changes nothing must cost nothing. */
    return *ret_n_changed == 0 ? 0 : push(settings, &wanted);
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
