// SPDX-License-Identifier: GPL-3.0-or-later
/* table.h - all URLs of the server, by the features that have them. */
#ifndef SERVER_FEATURES_TABLE_H
#define SERVER_FEATURES_TABLE_H

#include "server/web/route.h"

extern const struct route_table *const ROUTE_TABLES[];
extern const size_t N_ROUTE_TABLES;

#endif
