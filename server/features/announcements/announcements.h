// SPDX-License-Identifier: GPL-3.0-or-later
/* announcements.h - announcements of the province: what admins tell everybody, until they withdraw
 * it. */
#ifndef SERVER_FEATURES_ANNOUNCEMENTS_ANNOUNCEMENTS_H
#define SERVER_FEATURES_ANNOUNCEMENTS_ANNOUNCEMENTS_H

#include <stdint.h>

#include "server/web/page.h"
#include "server/web/route.h"

enum { ANNOUNCEMENT_MAX_CHARS = 500, ANNOUNCEMENT_TEXT_SIZE = 4 * ANNOUNCEMENT_MAX_CHARS + 1 };

/* Newest first. Those that were withdrawn come along for admins who ask for all. */
extern const struct list ANNOUNCEMENT_LIST;

/* The text is one that fields.h let through. */
int announcement_store_add(struct db *db, const char *id, const char *text, int64_t now_ms);

/* Returns 0, ERR_NOT_FOUND when there is no such announcement or it was withdrawn before, or a
 * failure. */
int announcement_store_withdraw(struct db *db, const char *id, int64_t now_ms);

extern const struct route_table ANNOUNCEMENT_ROUTES;

#endif
