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

/* Keeps a text setting that only counts at start. */
static void keep_text(const char *name, const char *old, char *wanted, size_t size)
{
    if (strcmp(old, wanted) == 0)
        return;
    log_warn("a changed setting needs a restart", log_str("setting", name));
    memcpy(wanted, old, size);
}

static void keep_number(const char *name, uint64_t old, uint64_t *wanted)
{
    if (old == *wanted)
        return;
    log_warn("a changed setting needs a restart", log_str("setting", name));
    *wanted = old;
}

int settings_replace(struct settings *settings, const struct config *config)
{
    const struct config *old = settings_now(settings);
    struct config wanted = *config;

    keep_text("data", old->data, wanted.data, sizeof wanted.data);
    keep_text("listen", old->listen, wanted.listen, sizeof wanted.listen);
    keep_text("redis", old->redis, wanted.redis, sizeof wanted.redis);
    keep_text("web", old->web, wanted.web, sizeof wanted.web);
    keep_text("transcoder", old->transcoder, wanted.transcoder, sizeof wanted.transcoder);
    keep_text("tls_cert", old->tls_cert, wanted.tls_cert, sizeof wanted.tls_cert);
    keep_text("tls_key", old->tls_key, wanted.tls_key, sizeof wanted.tls_key);
    keep_number("loops", old->loops, &wanted.loops);
    keep_number("workers", old->workers, &wanted.workers);
    keep_number("disk_floor_bytes", old->disk_floor_bytes, &wanted.disk_floor_bytes);
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
