// SPDX-License-Identifier: GPL-3.0-or-later
/* settings.h - the settings in force, which SIGHUP replaces while every thread may be reading them.
 * Old ones are kept until the end: there are as many as there were reloads. */
#ifndef SERVER_ROLES_SETTINGS_H
#define SERVER_ROLES_SETTINGS_H

#include <stdatomic.h>

#include "server/config.h"

struct settings_entry;

struct settings {
    _Atomic(const struct config *) now;
    struct settings_entry *entries; /* owned, newest first */
};

/* Copies *config, and tells the log of its format and level. Returns 0 or ERR_NO_MEMORY. */
int settings_init(struct settings *settings, const struct config *config);

/* The same for new ones. What only counts at start (a column of the table in config.c) keeps its
 * old value, and the log says so. *ret_n_changed counts those that changed. Main thread. */
int settings_replace(struct settings *settings, const struct config *config, size_t *ret_n_changed);

const struct config *settings_now(const struct settings *settings);

void settings_clear(struct settings *settings);

#endif
