// SPDX-License-Identifier: GPL-3.0-or-later
/* accounts.h - accounts, over the control socket, and sessions. */
#ifndef SERVER_FEATURES_ACCOUNTS_ACCOUNTS_H
#define SERVER_FEATURES_ACCOUNTS_ACCOUNTS_H

#include "server/web/page.h"
#include "server/web/route.h"

/* People's accounts, by login: not the machine's own. */
extern const struct list USER_LIST;

extern const struct route_table ACCOUNT_ROUTES;
extern const struct route_table SESSION_ROUTES;

#endif
